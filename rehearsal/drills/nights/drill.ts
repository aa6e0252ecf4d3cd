import { readFileSync } from "node:fs";
import { checkOf } from "../../checks/check.ts";
import { findSecrets } from "../../checks/secret-search.ts";
import type { Phase } from "../../phases.ts";
import { noFindings, type Drill, type Findings } from "../drill.ts";
import { chosen, type NightsOptions } from "./chosen.ts";
import { HealthReader, type Health } from "./health.ts";
import { bringToLife } from "./living.ts";
import { newCa } from "./new-ca.ts";
import { nameOfNight, nightsTable, type Night, type Outcome } from "./night.ts";
import { Operator } from "./operator.ts";
import { besidePhases } from "./other-world.ts";
import { dumpsPhase } from "./restored.ts";
import { Schedulers } from "./schedulers.ts";
import { untoldLines } from "./told-lines.ts";
import { wellAgain } from "./well-again.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "../setup.ts";
import { upPhases } from "../whole.ts";
import { allHaystacks, allSecrets } from "../world-secrets.ts";

/** The page that a person reads on such a night. */
const PAGE = readFileSync(new URL("../../../docs/bad-night.md", import.meta.url), "utf8");

/** State that the nights share. */
interface Shared {
  reader?: HealthReader;
  /** The server before the next night. */
  health?: Health;
  readonly outcomes: Outcome[];
  readonly moments: Map<string, number>;
  /** Output of all commands. */
  said: string;
}

/**
 * Everything that can be lost is lost, one after the other, in a server that lives. Half of it is
 * lost in another world at the same time.
 */
export function nightsDrill(context: DrillContext, options: NightsOptions): Drill {
  const { night, half } = options;
  const isBoth = night === undefined && half === undefined;
  const findings = noFindings();
  const [begin, end] = isBoth ? besidePhases(context, findings, "second", options) : [];
  const shared: Shared = { outcomes: [], moments: new Map(), said: "" };
  return {
    name: "the nights",
    findings,
    phases: [
      ...setupPhases(context),
      ...(begin ?? []),
      dumpsPhase(context),
      ...upPhases(context, findings),
      life(context, findings, shared),
      ...chosen(isBoth ? { ...options, half: "first" } : options).map((each) =>
        nightPhase(context, findings, shared, each),
      ),
      ...(half === "second" ? [newCa(context, findings)] : []),
      {
        title: "secrets",
        run: async () => {
          const rehearsal = rehearsalOf(context);
          const secrets = await allSecrets(rehearsal);
          const haystacks = await allHaystacks(rehearsal);
          const said = shared.said === "" ? [] : [{ name: "the commands", text: shared.said }];
          findings.checks.push(
            checkOf(
              "no secret stands in what a night wrote or printed",
              findSecrets(secrets, [...haystacks, ...said]),
              `${secrets.length} secrets looked for in ${haystacks.length + said.length} places`,
            ),
            checkOf("the rehearsal's own parts worked", rehearsal.faults, "no fault"),
          );
          return `${secrets.length} secrets`;
        },
      },
      ...(end ?? []),
    ],
  };
}

/** Fills the server, and reads its health for the first time. */
function life(context: DrillContext, findings: Findings, shared: Shared): Phase {
  return {
    title: "life",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const living = await bringToLife(rehearsal);
      const reader = new HealthReader(rehearsal, living);
      shared.reader = reader;
      const { close } = context;
      context.close = async () => {
        await reader.close();
        await close?.();
      };
      shared.health = await reader.read();
      findings.checks.push(...wellAgain("before the nights", shared.health, shared.health, {}));
      return Object.entries(shared.health.content.tables)
        .map(([table, sum]) => `${table} ${sum.split(",")[0]}`)
        .join(", ");
    },
  };
}

function nightPhase(
  context: DrillContext,
  findings: Findings,
  shared: Shared,
  night: Night,
): Phase {
  const name = nameOfNight(night);
  return {
    title: name,
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { reader, health: before } = shared;
      if (reader === undefined || before === undefined)
        throw new Error("A night began before there was a server that lives.");
      const startedAt = performance.now();
      const schedulers = await Schedulers.start(rehearsal);
      const operator = new Operator(
        rehearsal,
        { edge: reader.edge, findings, moments: shared.moments },
        name,
      );
      const ending = await night.run(operator).finally(async () => {
        const seen = await schedulers.stop(night.apiAway === true);
        operator.check("one scheduler at every instant", seen, "one");
      });
      operator.check(
        "each line is told to a person: by docs/bad-night.md, or by a command of this night",
        untoldLines(operator.typed, `${PAGE}\n${operator.said}`),
        `${operator.typed.length} lines`,
      );
      const after = await reader.read();
      // Jobs that are lost are replaced by new ones, for the nights after it.
      shared.health =
        after.content.jobs.length > 0 ? after : { ...after, content: await reader.refilled() };
      shared.said += operator.said;
      findings.checks.push(
        ...operator.checks,
        ...wellAgain(name, before, after, ending.differs ?? {}),
      );
      const seconds = (performance.now() - startedAt) / 1_000;
      const { typed, stretches } = operator;
      shared.outcomes.push({ night, ending, typed, stretches, seconds });
      findings.tables.splice(0, Infinity, nightsTable(shared.outcomes));
      return `lost: ${ending.lost}; ${typed.length} lines`;
    },
  };
}
