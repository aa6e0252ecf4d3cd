import { minorOf } from "../../facts/minor-of.ts";
import { finishRestore } from "../../ops/restore/prepare.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { loseDatabase } from "../clouds/mishaps.ts";
import { errorsOf, type Operation } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { countsOf, noFindings, succeeded, type Drill } from "./drill.ts";
import { liveApi, liveDeployments, livePods, queryAsWeb } from "./live.ts";
import { bringToLife, contentOf } from "./nights/living.ts";
import { giveRecipient, makeDumpKey } from "./dump-key.ts";
import { orderRestore, putDump, storeDump } from "./restore-dump.ts";
import { sameContent, type Restored } from "./restore-content.ts";
import { holdAt } from "./restore-holds.ts";
import { killedAt, killedWhileCopying, notWhole } from "./restore-kills.ts";
import { MOMENTS } from "./restore-moments.ts";
import { shapeOf, sightOf } from "./restore-sight.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "./setup.ts";
import { secondPreview, upPhases } from "./whole.ts";

/** Silence of a lock's holder after which the server must ask for it, seconds. */
const MOST_SILENCE_SECONDS = 60;

/** Rows of a fork's table, so that the dump has some megabytes. */
const FORK_ROWS = 100_000;

/** A fork's table, with all that a restore makes after the rows: an index, keys, a sequence. */
const OF_A_FORK = `CREATE TABLE of_a_fork (id bigserial PRIMARY KEY, account_id bigint REFERENCES accounts (id), note text);
INSERT INTO of_a_fork (account_id, note) SELECT 101, md5(n::text) FROM generate_series(1, ${FORK_ROWS}) n;
CREATE INDEX index_of_a_fork_on_note ON of_a_fork (note)`;

/** A lost database comes back from a dump, by the stack file alone. */
export function restoreDrill(context: DrillContext): Drill {
  const findings = noFindings();
  const shared: Restored = {};
  const phase = (title: string, run: (rehearsal: Rehearsal) => Promise<string>): Phase => ({
    title,
    run: async () => await run(rehearsalOf(context)),
  });
  return {
    name: "restore",
    findings,
    phases: [
      ...setupPhases(context),
      phase("a key of dumps", async (rehearsal) => {
        shared.key = await giveRecipient(rehearsal);
        return shared.key.recipient;
      }),
      ...upPhases(context, findings),
      phase("life", async (rehearsal) => {
        shared.living = await bringToLife(rehearsal);
        await queryAsWeb(rehearsal, OF_A_FORK);
        shared.before = await contentOf(rehearsal, shared.living);
        shared.shape = await shapeOf(rehearsal);
        return shared.before.tables["statuses"] ?? "";
      }),
      phase("dump", async (rehearsal) => {
        shared.dump = await storeDump(rehearsal);
        return `${shared.dump.body.length} bytes`;
      }),
      phase("refusals", async (rehearsal) => {
        findings.checks.push(...(await refusals(rehearsal, shared)));
        return "each in one sentence";
      }),
      phase("the database is lost, and the dump is not what its manifest says", async (r) => {
        await loseDatabase(r.world);
        const { dump } = shared;
        const former = "release";
        const said = await orderRestore(r, dump!, { identity: shared.key!.identity, former });
        if (said !== undefined) throw new Error(said);
        putDump(r, dump!, { body: dump!.body.subarray(0, dump!.body.length - 1_000) });
        const up = await r.stack.up({ refresh: true });
        findings.operations.push(up);
        putDump(r, dump!);
        const { tables, notes } = await sightOf(r);
        findings.checks.push(
          checkOf(
            "an object that is cut is refused before the database is touched",
            [
              ...failedAt(up, /bytes, and its manifest says/u),
              ...(tables === 0 && notes.length === 0
                ? []
                : [`${tables} tables, note ${notes.join()}`]),
            ],
            "the Job failed; no table and no note",
          ),
        );
        return "refused";
      }),
      ...MOMENTS.map((moment) =>
        phase(`killed ${moment.title}`, async (rehearsal) => {
          findings.checks.push(await killedAt(rehearsal, shared, moment));
          return moment.by;
        }),
      ),
      phase("killed while rows are copied, in an update", async (rehearsal) => {
        const hold = await holdAt(rehearsal, "rows", shared.dump!.manifest.object);
        const [up, killed] = await Promise.all([
          rehearsal.stack.up({ refresh: true }),
          killedWhileCopying(rehearsal, shared, hold),
        ]).finally(() => hold.close());
        findings.operations.push(up);
        const { notes } = await sightOf(rehearsal);
        findings.checks.push(
          checkOf(
            "a restore that is killed while rows are copied fails its update, leaves a note without an end, and web does not start",
            [
              ...(up.failure === undefined ? ["the update went through"] : []),
              ...killed.wrong,
              ...(notes.join() === "open" ? [] : ["no note without an end"]),
            ],
            killed.seen,
          ),
          checkOf(
            "a node that loses power does not keep the lock: the server soon asks whether it is there",
            (killed.keepalive ?? Infinity) <= MOST_SILENCE_SECONDS
              ? []
              : [`it asks after ${killed.keepalive ?? "no number of"} seconds`],
            `within ${Math.ceil(killed.keepalive ?? 0)} s`,
          ),
        );
        return "rows were copied";
      }),
      phase("restore", async (rehearsal) => {
        const up = succeeded(findings, await rehearsal.stack.up({ refresh: true }));
        findings.checks.push(
          ...(await sameContent(rehearsal, shared, "after the restore")),
          checkOf(
            "the update after a killed one restores everything, and notes it once",
            await notWhole(rehearsal, shared.shape!),
            `${Object.keys(shared.shape!).length} parts as before`,
          ),
          await sidekiqCheck(rehearsal, 0),
          checkOf(
            "the restored value was decrypted by Active Record before web started",
            await canaryComplaints(rehearsal),
            "users.otp_secret",
          ),
        );
        return countsOf(up);
      }),
      phase("Sidekiq", async (rehearsal) => {
        await finishRestore(rehearsal.stack.stackFile);
        const up = succeeded(findings, await rehearsal.stack.up({ refresh: true }));
        const { items } = await liveApi(rehearsal).listNamespacedSecret({ namespace: "mastodon" });
        findings.checks.push(
          await sidekiqCheck(rehearsal, 1),
          checkOf(
            "the next update deletes the key of the dump from the cluster",
            items
              .filter(({ data }) => data?.["DUMP_FILE_KEY"] !== undefined)
              .map(({ metadata }) => `${metadata?.name} has it`),
            `${items.length} Secrets`,
          ),
        );
        return countsOf(up);
      }),
      secondPreview(context, findings),
      phase("own parts", async ({ faults }) => {
        findings.checks.push(checkOf("the rehearsal's own parts worked", faults, "no fault"));
        return `${faults.length} faults`;
      }),
    ],
  };
}

/** Each dump that can't become this server is refused by its manifest; nothing is written. */
async function refusals(rehearsal: Rehearsal, { dump, key }: Restored): Promise<readonly Check[]> {
  const { identity } = key!;
  const other = await makeDumpKey();
  const [major, minor] = minorOf(dump!.manifest.mastodon).split(".").map(Number);
  const twoBefore = `v${major}.${minor! - 2}.0`;
  const keyPrint = { activeRecordPrimaryKey: `v1-${"0".repeat(24)}` };
  const cases: readonly (readonly [
    what: string,
    changes: Parameters<typeof putDump>[2],
    order: Partial<Parameters<typeof orderRestore>[2]>,
    says: RegExp,
  ])[] = [
    ["no manifest", { manifest: "none" }, {}, /is no whole dump/u],
    ["another domain", { manifest: { domain: "other.example" } }, {}, /a dump of other\.example/u],
    ["a newer schema", { manifest: { mastodon: "v9.0.0" } }, {}, /newer than the v/u],
    ["an old schema", { manifest: { mastodon: twoBefore } }, {}, /more than one minor/u],
    ["another Postgres", { manifest: { server: "16.9" } }, {}, /from Postgres 16\.9/u],
    ["other keys", { manifest: { fingerprints: keyPrint } }, {}, /with another mastodon:/u],
    ["another collation", { manifest: { collation: "en_US.utf8" } }, {}, /collation en_US/u],
    ["another identity", {}, { identity: other.identity }, /is encrypted to age1/u],
    [
      "a fresher way",
      {},
      { fresher: { until: new Date(Date.now() + 3_600_000), line: "npm run rebuild" } },
      /still has the data of 1\.0 hours more/u,
    ],
  ];
  const checks: Check[] = [];
  for (const [what, changes, order, says] of cases) {
    putDump(rehearsal, dump!, changes);
    const said = await orderRestore(rehearsal, dump!, { identity, former: "release", ...order });
    checks.push(
      checkOf(
        `a restore with ${what} is refused before anything is made`,
        says.test(said ?? "") ? [] : [said ?? "it was written"],
        (said ?? "").split("\n").at(-1)!.trim().slice(0, 100),
      ),
    );
  }
  putDump(rehearsal, dump!);
  return checks;
}

function failedAt(up: Operation, says: RegExp): readonly string[] {
  const said = [up.failure ?? "", ...errorsOf(up), ...up.diagnostics].join("\n");
  return says.test(said) ? [] : [`not said: ${String(says)}; but ${said.slice(0, 500)}`];
}

async function podsOf(rehearsal: Rehearsal, component: string) {
  return (await livePods(rehearsal)).filter(
    ({ metadata }) => metadata?.labels?.["app.kubernetes.io/component"] === component,
  );
}

/** The log of the canary's pod. */
async function canaryComplaints(rehearsal: Rehearsal): Promise<readonly string[]> {
  const logs = (await podsOf(rehearsal, "restore-canary")).map(
    ({ metadata }) =>
      rehearsal.runners
        .jobOf(metadata?.uid ?? "")
        ?.results()
        .get("canary")?.stdout ?? "",
  );
  return logs.some((log) => log.includes("Decrypted with this configuration's keys: users.otp"))
    ? []
    : [`the canary said: ${logs.join("; ") || "nothing"}`];
}

async function sidekiqCheck(rehearsal: Rehearsal, least: number): Promise<Check> {
  const groups = (await liveDeployments(rehearsal)).filter(({ metadata }) =>
    metadata?.name?.startsWith("sidekiq-"),
  );
  const wrong = groups.filter(({ spec }) =>
    least === 0 ? spec?.replicas !== 0 : (spec?.replicas ?? 0) < least,
  );
  return checkOf(
    least === 0
      ? "web serves, and no Sidekiq runs before somebody has looked"
      : "the update after it starts every Sidekiq",
    wrong.map(({ metadata, spec }) => `${metadata?.name} has ${spec?.replicas} pods`),
    `${groups.length} groups`,
  );
}
