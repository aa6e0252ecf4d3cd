import type { StepEventMetadata } from "@pulumi/pulumi/automation/events.js";
import type { Running } from "../../domain/deployed-state.ts";
import { eventsOf, nameOf, plain, typeWord, type EventLog } from "../report/engine-log.ts";
import { isChange } from "../report/verdict.ts";

/** The real effects of an update, from the engine's event log (`pulumi up --event-log`). */

/** A step that ended. */
export interface DoneStep {
  /** Pulumi's operation, such as "update" or "create-replacement". */
  readonly op: string;
  /** Last part of the type: "Job". */
  readonly kind: string;
  /** Logical name: "migrate-pre-deployment". */
  readonly name: string;
  readonly seconds: number;
}

/** The result of an update. */
export interface Aftermath {
  /** Seconds between the first and the last event. */
  readonly seconds: number;
  /** Steps that changed something and ended well, in the order of their ends. */
  readonly done: readonly DoneStep[];
  /** Steps that had begun when the log ended: the update was cut off in the middle of them. */
  readonly open: readonly string[];
  /** The first failure; missing if no step and no message failed. */
  readonly failure?: Failure;
  /** The release that serves; missing if the log does not show it. */
  readonly serving?: string;
}

/** The first thing that went wrong. */
export interface Failure {
  /** The step; missing if the program or the engine failed and no single step. */
  readonly step?: DoneStep;
  /** Last lines of the engine's messages about it. */
  readonly lines: readonly string[];
}

/** Lines of a failure that are shown: a failed Job's reason and its program's last lines. */
const LINES = 15;

/** Deployments that members are served by. */
const SERVES = /^(?:web|streaming|sidekiq(?:-.+)?)$/u;

/** Reads the event log of an update, also of one that was killed. */
export function aftermathOf(log: EventLog): Aftermath {
  const begun = new Map<string, { readonly at: number; readonly metadata: StepEventMetadata }>();
  const done: (DoneStep & { readonly metadata: StepEventMetadata })[] = [];
  const said: { readonly urn: string; readonly message: string }[] = [];
  let failed: (DoneStep & { readonly urn: string }) | undefined;
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  let before: Partial<Running> | undefined;
  const changing: StepEventMetadata[] = [];
  for (const event of eventsOf(log)) {
    const { timestamp = last, diagnosticEvent } = event;
    [first, last] = [Math.min(first, timestamp), Math.max(last, timestamp)];
    const pre = event.resourcePreEvent?.metadata;
    if (pre?.type === "pulumi:pulumi:Stack")
      before ??= pre.old?.outputs?.["running"] as Partial<Running> | undefined;
    if (pre !== undefined && isObject(pre)) {
      changing.push(pre);
      begun.set(keyOf(pre), { at: timestamp, metadata: pre });
    }
    const end = event.resOutputsEvent?.metadata ?? event.resOpFailedEvent?.metadata;
    if (end !== undefined && isObject(end)) {
      const seconds = timestamp - (begun.get(keyOf(end))?.at ?? timestamp);
      begun.delete(keyOf(end));
      if (event.resOpFailedEvent === undefined)
        done.push({ ...stepOf(end, seconds), metadata: end });
      else failed ??= { ...stepOf(end, seconds), urn: end.urn };
    }
    if (diagnosticEvent?.severity === "error")
      said.push({ urn: diagnosticEvent.urn ?? "", message: plain(diagnosticEvent.message) });
  }
  const failure = failureOf(failed, said);
  const serving = servingOf(before, changing, done);
  return {
    seconds: last === 0 ? 0 : last - first,
    done: done.map(({ op, kind, name, seconds }) => ({ op, kind, name, seconds })),
    open: [...begun.values()].map(({ metadata }) => nameOf(metadata.urn)),
    ...(failure === undefined ? {} : { failure }),
    ...(serving === undefined ? {} : { serving }),
  };
}

function failureOf(
  failed: (DoneStep & { readonly urn: string }) | undefined,
  said: readonly { readonly urn: string; readonly message: string }[],
): Failure | undefined {
  if (failed === undefined && said.length === 0) return undefined;
  const about = said.filter(({ urn }) => failed === undefined || urn === failed.urn);
  const lines = [...new Set(about.map(({ message }) => message))]
    .join("\n")
    .split("\n")
    .slice(-LINES);
  if (failed === undefined) return { lines };
  const { op, kind, name, seconds } = failed;
  return { step: { op, kind, name, seconds }, lines };
}

/**
 * The release that serves. The step `rollout` ends when every pod is new, and an old pod serves as
 * long as its Deployment was not touched.
 */
function servingOf(
  before: Partial<Running> | undefined,
  changing: readonly StepEventMetadata[],
  done: readonly { readonly name: string; readonly metadata: StepEventMetadata }[],
): string | undefined {
  const deployments = changing.filter(
    ({ type, urn }) => type === "kubernetes:apps/v1:Deployment" && SERVES.test(nameOf(urn)),
  );
  const old = before?.mastodonVersion;
  if (deployments.length === 0)
    return old === undefined ? undefined : `\`${old}\` serves; no pod of it was changed`;
  const release = deployments.map(releaseOf).find((each) => each !== undefined) ?? old ?? "it";
  if (done.some(({ name, metadata: { type } }) => name === "rollout" && type.endsWith(":Job")))
    return `\`${release}\` serves, with this change`;
  const rolled = deployments.map(({ urn }) => nameOf(urn)).join(", ");
  return `Pods with and without this change may serve: the rollout of ${rolled} was not awaited to its end`;
}

/** Tag of Mastodon's image in a Deployment's new inputs. */
function releaseOf({ new: wanted }: StepEventMetadata): string | undefined {
  const { spec } = (wanted?.inputs ?? {}) as {
    readonly spec?: {
      readonly template?: { readonly spec?: { readonly containers?: { image?: string }[] } };
    };
  };
  const image = spec?.template?.spec?.containers?.[0]?.image;
  return /:(v[\w.+-]+)(?:@|$)/u.exec(image ?? "")?.[1];
}

/** Whether a step changes an object. A component of the program is none: its parts are. */
const isObject = (metadata: StepEventMetadata): boolean =>
  isChange(metadata) && !metadata.type.startsWith("mastodon:");

const keyOf = ({ op, urn }: StepEventMetadata): string => `${op} ${urn}`;

function stepOf({ op, type, urn }: StepEventMetadata, seconds: number): DoneStep {
  return { op, kind: typeWord(type), name: nameOf(urn), seconds };
}
