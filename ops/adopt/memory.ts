import type { KubernetesObject, V1Deployment, V1Job, V1Secret } from "@kubernetes/client-node";
import type { DataLife } from "../../domain/data-life.ts";
import { partsOf } from "../../domain/images.ts";
import type { Candidate } from "../recover/finder.ts";
import type { Properties, StateResource } from "../recover/state.ts";
import { isInKubernetes, STACK } from "../recover/types.ts";
import type { LiveObject } from "./in-cluster.ts";
import type { Look } from "./seen.ts";

/** Memory of a stack whose state is lost, as far as the cluster still has it. */

/** The Job that remembers since when a server lives in the database (`k8s/migration-scripts.ts`). */
const MIGRATION = "migrate-pre-deployment";
/** The Deployment that serves the files of two releases (`k8s/assets.ts`), and who copies the older ones. */
const ASSETS = "assets";
const COPY_PREVIOUS = "copy-previous";
/** The database's name in the program. */
export const POSTGRES = "postgres-cluster";
/** The Job that is there once the first update has come to its end. */
const LAST = "migrate-post-deployment";

/**
 * Day since which a server has lived in its first database, as the state or the stack file says it.
 * Undefined where neither does, or where the data has come into another database since.
 */
export function livedSince(
  held: readonly StateResource[],
  planned: Properties | undefined,
): string | undefined {
  const state = held.find(({ type }) => type === STACK)?.outputs?.["running"] as
    Properties | undefined;
  const { since, epoch, birth } = ((state ?? planned)?.["data"] ?? {}) as Partial<DataLife>;
  // The file names no day where the plan would be a birth.
  return epoch === 1 && (state !== undefined || birth === undefined) ? since : undefined;
}

/**
 * Databases of which one that is younger than its server is doubted: made by hand in the place of a
 * lost one, it may be empty, and no other call of DigitalOcean's tells.
 */
export function notYounger(
  databases: readonly Candidate[],
  since: string | undefined,
): readonly Candidate[] {
  return databases.map((each) => {
    if (since === undefined || each.since === undefined) return each;
    if (Date.parse(each.since) - Date.parse(since) < BIRTH_MS) return each;
    const doubt = `it was made on ${each.since.slice(0, 10)}, and the server has lived since ${since}: it may be empty, or another one. Look into it before you answer`;
    return { ...each, doubt: each.doubt ?? doubt };
  });
}

/** A first update that begins before midnight makes its database after it; its end takes a day. */
const BIRTH_MS = 2 * 24 * 3_600_000;

/** Whether a server has lived: an update has come to its end. */
export function hasLived(looks: readonly Look[]): boolean {
  return liveOf(looks, LAST) !== undefined;
}

/**
 * The output `running`: what the program would write, with the release that runs and the life of its
 * data in it. Without them the next update would take the server for a new one, run the migrations
 * again, and let an empty database be made.
 */
export function runningOf(planned: Properties, looks: readonly Look[], now: Date): Properties {
  const job = liveOf(looks, MIGRATION) as V1Job | undefined;
  const [container] = job?.spec?.template.spec?.containers ?? [];
  const script = (container?.args ?? []).join("\n");
  const until = Number(/^may_be_empty_until=(\d+)$/mu.exec(script)?.[1] ?? 0);
  const image = container?.image ?? String(planned["mastodonImage"]);
  const since = /^lives_since=(\d{4}-\d\d-\d\d)$/mu.exec(script)?.[1] ?? bornOn(looks, now);
  const assets = liveOf(looks, ASSETS) as V1Deployment | undefined;
  const previous = assets?.spec?.template.spec?.initContainers?.find(
    ({ name }) => name === COPY_PREVIOUS,
  );
  const { epoch } = planned["data"] as { readonly epoch: number };
  // Without a trace of it the next update makes it, as the list said.
  const gone = new Set(
    looks.flatMap(({ word, planned: { name } }) => (word === "none" ? name : [])),
  );
  const kept = Object.entries(planned["kept"] as Properties).filter(([name]) => !gone.has(name));
  return {
    ...planned,
    // A fork's tag says what it likes: its version is what the file says.
    ...(image !== planned["mastodonImage"] && {
      mastodonImage: image,
      mastodonVersion: partsOf(image).tag,
    }),
    ...(previous?.image !== undefined && { previousImage: previous.image }),
    data: { since, epoch, ...(until > 0 && { birth: { image, until } }) },
    kept: Object.fromEntries(kept),
  };
}

/** Day on which the database's cluster was made. Today where DigitalOcean does not say. */
function bornOn(looks: readonly Look[], now: Date): string {
  const postgres = looks.find(({ planned }) => planned.name === POSTGRES);
  const since = postgres?.word === "there" ? postgres.candidate?.since : undefined;
  return (since ?? now.toISOString()).slice(0, 10);
}

function liveOf(looks: readonly Look[], name: string): KubernetesObject | undefined {
  const look = looks.find(({ planned }) => planned.name === name && isInKubernetes(planned));
  return look?.word === "there" ? (look.candidate as LiveObject | undefined)?.object : undefined;
}

/**
 * Keys of S3 that the server uses, with their secrets, by their ids. A cloud tells a key's secret
 * once; the cluster still has it.
 */
export function keysInUse(looks: readonly Look[]): ReadonlyMap<string, string> {
  return new Map(
    looks.flatMap((look) => {
      if (look.word !== "there" || !look.planned.type.endsWith(":Secret")) return [];
      const { data = {} } = (look.candidate as LiveObject).object as V1Secret;
      const [id, secret] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map((key) =>
        Buffer.from(data[key] ?? "", "base64").toString("utf8"),
      );
      return id === "" || secret === "" ? [] : [[id!, secret!] as const];
    }),
  );
}
