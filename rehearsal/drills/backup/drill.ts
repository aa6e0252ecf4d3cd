import type { Manifest } from "../../../domain/backup/manifest.ts";
import { parseConfig } from "../../../input/parse.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { checkOf } from "../../checks/check.ts";
import { findSecrets } from "../../checks/secret-search.ts";
import type { Phase } from "../../phases.ts";
import { NOT_PROVEN } from "../../result.ts";
import { giveRecipient, makeDumpKey } from "../dump-key.ts";
import { noFindings, type Drill, type Findings } from "../drill.ts";
import { networkCheck } from "../live.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "../setup.ts";
import { secondPreview, upPhases } from "../whole.ts";
import { allHaystacks, allSecrets } from "../world-secrets.ts";
import { BROKEN, broken, type BrokenRow } from "./broken.ts";
import { contentOf, differencesOf, openDump, RESTORED } from "./opened.ts";
import { refusedRows } from "./refused.ts";
import { saidBy } from "../job-run.ts";
import { backupBucket, runBackup, wordOf, type BackupRun } from "./run.ts";
import { complaintsOfUse, fillDatabase, useTable, type DatabaseSize } from "./size.ts";

/** Options of the drill. */
export interface BackupOptions {
  /** Megabytes of rows in the database's tables. */
  readonly size: number;
}

/** Megabytes of tables for the broken backups: enough for a pipe to be full. */
const SMALL = 20;

/** Limits of this drill, in addition to those of every rehearsal. */
const LIMITS: readonly string[] = [
  "rclone and the Postgres clients are Debian 13's, 1.60 and 17.12, and not those of the pinned images; its shell is dash and not busybox.",
  "R2 is a model of its S3: locks, refusals and keys as documented or reported, without its throttling.",
  "The memory of a dump is measured, and no limit is enforced.",
];

/** State that the phases share. */
interface Shared {
  identity: string;
  size: DatabaseSize;
  run: BackupRun | undefined;
}

/**
 * Each accident that makes a bad dump, which must differ from a good one. Then a good one, made by
 * the live pod and opened by other programs.
 */
export function backupDrill(context: DrillContext, { size }: BackupOptions): Drill {
  const findings = noFindings();
  const shared: Shared = { identity: "", size: { tables: 0, indexes: 0 }, run: undefined };
  return {
    name: "the dump",
    findings,
    notProven: [...NOT_PROVEN, ...LIMITS],
    phases: [
      ...setupPhases(context),
      recipient(context, shared),
      ...upPhases(context, findings),
      rows(context, shared, SMALL),
      told(context, findings, shared),
      refused(context, findings, shared),
      rows(context, shared, size),
      dump(context, findings, shared),
      opened(context, findings, shared),
      keys(context, findings, shared),
      secondPreview(context, findings),
      {
        title: "own parts",
        run: async () => {
          const { faults } = rehearsalOf(context);
          findings.checks.push(checkOf("the rehearsal's own parts worked", faults, "no fault"));
          return `${faults.length} faults`;
        },
      },
    ],
  };
}

/** The operator's age key: its public half goes into the stack file, the other one nowhere. */
function recipient(context: DrillContext, shared: Shared): Phase {
  return {
    title: "recipient",
    run: async () => {
      ({ identity: shared.identity } = await giveRecipient(rehearsalOf(context)));
      return "in the stack file";
    },
  };
}

function rows(context: DrillContext, shared: Shared, megabytes: number): Phase {
  return {
    title: "rows",
    run: async () => {
      shared.size = await fillDatabase(rehearsalOf(context), megabytes);
      return `${Math.round(shared.size.tables / 1e6)} MB of tables`;
    },
  };
}

function dump(context: DrillContext, findings: Findings, shared: Shared): Phase {
  return {
    title: "dump",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const run = await runBackup(rehearsal);
      shared.run = run;
      const word = wordOf(rehearsal, run);
      findings.tables.push(useTable(run, shared.size));
      findings.checks.push(
        checkOf(
          "a Job made from the live CronJob dumps the database, and its manifest is true",
          run.succeeded && word === "good" ? [] : [`${word}: ${saidBy(run)}`],
          `${run.manifest?.object}, ${run.manifest?.bytes} bytes, copies: ${run.keys.length / 2 - 1}`,
        ),
        checkOf(
          "a dump keeps within its memory, and writes nothing to a disk",
          complaintsOfUse(run),
          [...run.use]
            .map(([name, use]) => `${name} ${Math.round(use.peakBytes / 2 ** 20)} MiB`)
            .join(", "),
        ),
        await networkCheck(
          rehearsal,
          parseConfig({ ...readStackFile(), backup: { recipient: run.manifest?.recipient } }),
        ),
      );
      return `${run.seconds.toFixed(1)} s`;
    },
  };
}

function opened(context: DrillContext, findings: Findings, shared: Shared): Phase {
  return {
    title: "opened elsewhere",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const object = shared.run?.manifest?.object ?? "";
      const other = await openDump(rehearsal, object, (await makeDumpKey()).identity);
      const own = await openDump(rehearsal, object, shared.identity);
      const [before, after] = [
        await contentOf(rehearsal, "mastodon"),
        await contentOf(rehearsal, RESTORED),
      ];
      const missing = [...before.objects.keys()].filter((name) => name.startsWith("index "));
      findings.checks.push(
        checkOf(
          "Debian's age and pg_restore bring back every row, index, view and sequence",
          own.exitCode === 0 ? differencesOf(before, after) : [own.stderr.trim()],
          `${before.tables.size} tables, ${missing.length} indexes, ${own.seconds.toFixed(1)} s`,
        ),
        checkOf(
          "another identity opens nothing",
          /no identity matched/u.test(other.stderr) ? [] : [other.stderr.trim() || "it opened it"],
          "no identity matched any of the recipients",
        ),
      );
      return `${own.seconds.toFixed(1)} s`;
    },
  };
}

/** No key in the cluster opens a dump: it has one recipient, whose identity is nowhere. */
function keys(context: DrillContext, findings: Findings, shared: Shared): Phase {
  return {
    title: "keys",
    run: async () => {
      const { identity, run } = shared;
      const rehearsal = rehearsalOf(context);
      const secrets = await allSecrets(rehearsal);
      const haystacks = await allHaystacks(rehearsal);
      const inside = secrets.map(({ name, value }) => ({ name, text: value }));
      const object = rehearsal.world.r2.get(backupBucket(rehearsal), run?.manifest?.object ?? "");
      const [header = ""] = object?.body.toString("latin1", 0, 1_024).split("\n---") ?? [];
      const stanzas = header.split("\n").filter((line) => line.startsWith("-> "));
      findings.checks.push(
        checkOf(
          "no key in the cluster opens a dump: its one recipient's identity is in no Secret, state, log or ConfigMap",
          [
            ...findSecrets([{ name: "the identity", value: identity }], [...haystacks, ...inside]),
            ...secrets
              .filter(({ value }) => value.includes("AGE-SECRET-KEY-"))
              .map(({ name }) => `${name} is an identity`),
            ...(stanzas.length === 1 && stanzas[0]?.startsWith("-> X25519 ") === true
              ? []
              : [`its recipients are ${stanzas.join(", ") || "unknown"}`]),
          ],
          `${secrets.length} secrets, ${haystacks.length} places, ${stanzas.length} recipient`,
        ),
      );
      return `${secrets.length} secrets`;
    },
  };
}

function told(context: DrillContext, findings: Findings, shared: Shared): Phase {
  return {
    title: "broken backups",
    run: async (progress) => {
      const rows: BrokenRow[] = [];
      for (const each of BROKEN) {
        progress(each.what);
        const row = await broken(rehearsalOf(context), each);
        rows.push(row);
        findings.checks.push(
          checkOf(`a backup is told from a good one: ${each.what}`, row.complaints, row.cells[3]!),
        );
      }
      findings.tables.push({
        title: "Broken backups",
        intro: "Each is broken on purpose. The bucket alone must tell it from a good one.",
        columns: ["what is broken", "its Job", "new in the bucket", "the bucket says"],
        rows: rows.map(({ cells }) => cells),
      });
      shared.run = rows[0]?.run;
      return `${rows.length} told`;
    },
  };
}

/** Dumps that look whole in the bucket, and must not be restored. */
function refused(context: DrillContext, findings: Findings, shared: Shared): Phase {
  return {
    title: "restores",
    run: async () => {
      const { identity, run } = shared;
      const rows = await refusedRows(rehearsalOf(context), manifestOf(run), identity);
      findings.tables.push({
        title: "Restores of broken dumps",
        intro:
          "Each dump looks whole in the bucket. The judgement of its manifest refuses it before anything is made, or the program of the restore's pod before the database is touched.",
        columns: ["what is broken", "judged by", "the restore says"],
        rows: rows.map(({ cells }) => cells),
      });
      findings.checks.push(
        ...rows.map(({ cells: [what, by, said], complaints }) =>
          checkOf(
            `a restore tells a broken dump from a good one by its ${by}: ${what}`,
            complaints,
            said!,
          ),
        ),
      );
      return `${rows.length} told`;
    },
  };
}

function manifestOf(run: BackupRun | undefined): Manifest {
  if (run?.manifest === undefined) throw new Error("No good dump was made.");
  return run.manifest;
}
