import { runRebuild } from "../../ops/rebuild/command.ts";
import { isHarm, type Engine, type Outside, type RebuildWorld } from "../../ops/rebuild/world.ts";
import type { RestFaces } from "../clouds/rest/open.ts";
import type { RehearsedStack } from "../engine/rehearsed-stack.ts";
import { errorsOf, nameOf, type Operation } from "../engine/operation.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { asOperator, type Recovered } from "./recover.ts";

/** Replacements for parts of an operator's world. */
export interface RebuiltIn {
  /** The Internet, as a visitor sees it. */
  readonly outside: Outside;
  /** Receives each update, for its timeline. */
  readonly updated?: (operation: Operation) => void;
  /** Replaces the engine's update, to kill it. */
  readonly engine?: Partial<Engine>;
  /** Replaces the operator's whole world, to kill the command. */
  readonly through?: (world: RebuildWorld) => RebuildWorld;
  /** Switches faults of the clouds' APIs on first. */
  readonly disturb?: (rest: RestFaces) => void;
}

/** Runs `npm run rebuild -- …` on the rehearsed stack, as its operator types it. */
export async function rebuild(
  rehearsal: Pick<Rehearsal, "stack" | "world" | "directory">,
  args: readonly string[],
  { outside, updated, engine, disturb, through = (world) => world }: RebuiltIn,
): Promise<Recovered> {
  return await asOperator(
    rehearsal,
    (world) =>
      runRebuild(
        args,
        through({
          ...world,
          program: { plan: world.plan, cluster: world.cluster },
          ask: () => Promise.resolve(undefined),
          engine: { ...rehearsedEngine(rehearsal.stack, updated), ...engine },
          outside,
          pod: () => Promise.reject(new Error("The rehearsal drills no dump.")),
        }),
      ),
    disturb,
  );
}

/** The real engine on the rehearsed stack. */
export function rehearsedEngine(
  stack: RehearsedStack,
  updated: (operation: Operation) => void = () => undefined,
): Engine {
  const runOf = (operation: Operation) => ({
    failure: operation.failure === undefined ? undefined : errorsOf(operation).join("\n"),
    failed: operation.steps.filter(({ failed }) => failed).map(({ urn }) => nameOf(urn)),
    changes: operation.counts,
    harmed: [
      ...new Set(operation.steps.filter(({ op }) => isHarm(op)).map(({ urn }) => nameOf(urn))),
    ],
  });
  return {
    preview: async () => runOf(await stack.preview({ refresh: true })),
    up: async (_place, told) => {
      const operation = await stack.up({ refresh: true, told });
      updated(operation);
      return runOf(operation);
    },
  };
}
