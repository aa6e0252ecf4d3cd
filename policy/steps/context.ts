import type { StackConfig } from "../../config/schema.ts";
import { isMadeOnce } from "../../config/keys/anew.ts";
import { databaseClustersOf, postgresNameOf } from "../../domain/database-clusters.ts";
import { isAnnounced } from "../../domain/data-life.ts";
import type { Running } from "../../domain/deployed-state.ts";
import { logicalNameOf } from "../../domain/kept.ts";
import type { StepContext } from "./rule.ts";

/**
 * Computes what the rules over steps know.
 * @param stack name of the stack.
 * @param running output of the last complete update; undefined for a stack that has never run.
 */
export function stepContextOf(
  stack: string,
  config: StackConfig,
  running: Partial<Running> | undefined,
): StepContext {
  const { anew, unlocked } = config;
  if (running === undefined) return { stack, left: [], anew: [], unlocked };
  const kept = Object.entries(running.kept ?? {}).flatMap(([name, one]) =>
    isMadeOnce(name) && one !== undefined
      ? [{ name: logicalNameOf(name, config), key: name, times: one.anew ?? 0 }]
      : [],
  );
  // An idle cluster is not protected, so it can't be one of these.
  const { serving } = databaseClustersOf(config.postgres);
  const databases =
    serving > (running.data?.number ?? 1)
      ? []
      : ["cluster", "database"].map((part) => `${postgresNameOf(serving)}-${part}`);
  return {
    stack,
    unlocked,
    left: [...kept.map(({ name }) => name), ...databases],
    anew: [
      ...kept.filter(({ key, times }) => (anew[key] ?? 0) > times).map(({ name }) => name),
      // Another life of the data, with everything stopped that would show the empty server.
      ...(isAnnounced(running, config)
        ? [...databases, `${postgresNameOf(serving)}-application`]
        : []),
    ],
  };
}
