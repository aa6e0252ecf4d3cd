import { isDeepStrictEqual } from "node:util";
import type { StackConfig } from "../../config/schema.ts";
import type { StepContext } from "../../policy/steps/rule.ts";
import type { SideView } from "../../policy/views.ts";
import { CLUSTER, DATABASE, NODE_POOL } from "../recover/types.ts";
import type { Change } from "./change.ts";
import { kindOf, nounOf, NOTHING, serves, type Effect } from "./kinds.ts";

/** Effect of each change on members. The highest level of all changes is the verdict. */

/** Facts besides the step. */
export interface EffectContext {
  /** The configuration after the update; unset if it is refused. */
  readonly config?: StackConfig;
  /** Knowledge of the rules over steps; unset if the configuration is refused. */
  readonly rules?: StepContext;
  /** Names of secrets that have another value. Default: none. */
  readonly changedSecrets?: readonly string[];
}

/** Type of a Deployment. */
export const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

/** The effect of one change. */
export function effectOf(change: Change, context: EffectContext): Effect {
  const { type, name, kind, deletedFirst } = change;
  const row = kindOf(type);
  switch (kind) {
    case "create":
      return isMadeAgain(change, context)
        ? {
            level: 4,
            notice: `an empty ${nounOf(change)} is made beside what exists, or instead of what was lost`,
            howLong: "for good",
          }
        : NOTHING;
    case "delete":
      return deletedEffect(change, context);
    case "replace":
      // Of two clusters the old one works until the new one has everything.
      if (deletedFirst || row?.holds?.(name) !== undefined || type === CLUSTER)
        return row?.replaced?.(name) ?? NOTHING;
      return type === NODE_POOL
        ? { level: 2, notice: PODS_MOVE, howLong: "once, while pods move" }
        : NOTHING;
    case "update":
      return updatedEffect(change, context);
    case "import":
    case "left-over":
      return NOTHING;
  }
}

const PODS_MOVE = "apps on streaming reconnect, and jobs of a group with one process wait";

/**
 * Whether something protected is created that the last update already had. A new option's bucket is
 * protected, too, and harmless.
 */
function isMadeAgain({ name, protect }: Change, { rules }: EffectContext): boolean {
  // `anew` in the stack file permits it, and what was in the first one is lost all the same.
  return protect && rules?.left.includes(name) === true;
}

/** A Sidekiq group may go: the configuration gives each queue to exactly one group. */
function deletedEffect({ type, name, retained }: Change, { config }: EffectContext): Effect {
  if (retained) return NOTHING;
  if (type === DEPLOYMENT && name.startsWith("sidekiq-") && config !== undefined) return NOTHING;
  return kindOf(type)?.deleted?.(name) ?? NOTHING;
}

function updatedEffect(change: Change, context: EffectContext): Effect {
  if (change.type === DEPLOYMENT) return deploymentEffect(change, context);
  if (change.type === DATABASE) return databaseEffect(change);
  if (change.type === NODE_POOL && nodesOf(change.new) < nodesOf(change.old))
    return { level: 2, notice: PODS_MOVE, howLong: "once, while pods move" };
  return NOTHING;
}

function nodesOf(side: SideView | undefined): number {
  const { nodeCount, minNodes } = side?.inputs ?? {};
  return Number(nodeCount ?? minNodes ?? 0);
}

/** Properties of a database cluster whose change makes new machines. */
const NEW_MACHINES = ["size", "storageSizeMib", "version"];

/** Whether an update moves a database to other machines. */
export function failsOver(change: Change): boolean {
  return changesDatabase(change, NEW_MACHINES);
}

/** Whether DigitalOcean makes machines for an update of a database: also a further standby. */
export function isResized(change: Change): boolean {
  return changesDatabase(change, [...NEW_MACHINES, "nodeCount"]);
}

function changesDatabase(
  { type, kind, old, new: wanted }: Change,
  keys: readonly string[],
): boolean {
  return (
    type === DATABASE &&
    kind === "update" &&
    keys.some((key) => !isDeepStrictEqual(old?.inputs[key], wanted?.inputs[key]))
  );
}

/**
 * DigitalOcean makes new machines and fails over to them. Its documentation says seconds; no
 * rehearsal shows it.
 */
function databaseEffect(change: Change): Effect {
  const { name } = change;
  if (!failsOver(change)) return NOTHING;
  if (name.startsWith("cache-"))
    return { level: 3, notice: "pages are slow or fail", howLong: FAILOVER };
  return {
    level: 3,
    notice: name.startsWith("valkey-")
      ? "the site answers 500, apps on streaming reconnect, jobs wait"
      : "posting and timelines answer 500, then retry",
    howLong: FAILOVER,
  };
}

const FAILOVER = "seconds, while it fails over (DigitalOcean's word, not rehearsed)";

/** The parts of a Deployment that decide what its update means. */
interface Workload {
  readonly replicas: number | undefined;
  readonly template: unknown;
  readonly recreates: boolean;
  readonly images: readonly string[];
}

/** Reads a Deployment's inputs. */
export function workloadOf(side: SideView | undefined): Workload {
  const { replicas, template, strategy } = (side?.inputs["spec"] ?? {}) as {
    readonly replicas?: number;
    readonly template?: { readonly spec?: { readonly containers?: unknown } };
    readonly strategy?: { readonly type?: string };
  };
  const containers = template?.spec?.containers;
  return {
    replicas,
    template,
    recreates: strategy?.type === "Recreate",
    images: (Array.isArray(containers) ? containers : []).map(
      ({ image }: { readonly image?: unknown }) => String(image),
    ),
  };
}

/** Consequences of an update of a Deployment in place. */
export interface DeploymentUpdate {
  /** Whether its pods are replaced. */
  readonly restarts: boolean;
  readonly newImage: boolean;
  /** Whether it ends up with fewer pods; those of an autoscaled one are not known. */
  readonly shrinks: boolean;
  readonly stops: boolean;
  /** Whether it was stopped, and starts. */
  readonly starts: boolean;
  /** Whether the old pods end before new ones start. */
  readonly recreates: boolean;
}

/** Compares both sides of a Deployment. */
export function deploymentUpdate({ old, new: wanted }: Change): DeploymentUpdate {
  const [before, after] = [workloadOf(old), workloadOf(wanted)];
  const fewer = (after.replicas ?? 1) < (before.replicas ?? 1);
  return {
    restarts: !isDeepStrictEqual(before.template, after.template),
    newImage: !isDeepStrictEqual(before.images, after.images),
    shrinks: before.replicas !== undefined && after.replicas !== undefined && fewer,
    stops: after.replicas === 0 && before.replicas !== 0,
    starts: before.replicas === 0 && after.replicas !== 0,
    recreates: after.recreates,
  };
}

const RECONNECTS: Effect = {
  level: 2,
  notice: "apps on streaming reconnect",
  howLong: "once",
};

/** Secrets whose change members notice once web has it, from `config/secret-keys/all.ts`. */
const NOTICED_SECRETS: Readonly<Record<string, Effect>> = {
  secretKeyBase: {
    level: 3,
    notice: "all sessions end: everyone signs in again, and links in mails already sent are dead",
    howLong: "once",
    inLine: "",
  },
  vapidPrivateKey: {
    level: 3,
    notice: "push notifications stop",
    howLong: "until each member has subscribed again",
    inLine: "until each has subscribed again",
  },
};

function deploymentEffect(change: Change, { config, changedSecrets = [] }: EffectContext): Effect {
  const { name } = change;
  if (!serves(name)) return NOTHING;
  const { restarts, newImage, shrinks, stops, recreates } = deploymentUpdate(change);
  if (stops)
    return {
      level: 4,
      notice: stoppedNotice(name, config),
      howLong: "until mastodon:stopped names it no more",
    };
  if (name === "streaming" && (restarts || shrinks)) return RECONNECTS;
  // Sockets go through the connector.
  if (name === "connector" && restarts) return RECONNECTS;
  if (!restarts) return NOTHING;
  const noticed = changedSecrets.flatMap((key) => NOTICED_SECRETS[key] ?? []);
  if (name === "web" && noticed[0] !== undefined) return noticed[0];
  const queues = queuesOf(name, config).filter((queue) => queue !== "scheduler");
  if (recreates && queues.length > 0)
    return {
      level: 3,
      notice: jobsWait(queues),
      howLong: "about a minute (assumed), until its one process is there again",
    };
  return newImage && (name === "web" || name.startsWith("sidekiq-")) ? { level: 2 } : NOTHING;
}

function stoppedNotice(name: string, config: StackConfig | undefined): string {
  const notice = kindOf(DEPLOYMENT)?.deleted?.(name).notice ?? "it is stopped";
  const queues = queuesOf(name, config);
  return queues.length === 0 ? notice : `${notice}: ${jobsWait(queues)}`;
}

function jobsWait(queues: readonly string[]): string {
  return `jobs of the ${queues.length === 1 ? "queue" : "queues"} ${queues.join(", ")} wait`;
}

function queuesOf(name: string, config: StackConfig | undefined): readonly string[] {
  return config?.sidekiq.find((group) => `sidekiq-${group.name}` === name)?.queues ?? [];
}
