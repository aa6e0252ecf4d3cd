import type { KubernetesObject, V1Deployment, V1Job, V1Secret } from "@kubernetes/client-node";
import type { DataLife } from "../../domain/data-life.ts";
import { partsOf } from "../../domain/images.ts";
import type { Candidate } from "../recover/finder.ts";
import type { Properties, StateResource } from "../recover/state.ts";
import { isInKubernetes, STACK } from "../recover/types.ts";
import type { LiveObject } from "./in-cluster.ts";
import type { Look } from "./seen.ts";

/** Facts about a stack whose state is lost, as far as the cluster still records them. */

/**
 * The Job with the day since which a server has run in the database (`k8s/migration-scripts.ts`).
 */
const MIGRATION = "migrate-pre-deployment";
/**
 * The Deployment that serves the files of two releases (`k8s/assets.ts`); an init container copies
 * the older ones.
 */
const ASSETS = "assets";
const COPY_PREVIOUS = "copy-previous";
/** The database's name in the program. */
export const POSTGRES = "postgres-cluster";
/** The Job that exists once the first update has finished. */
const LAST = "migrate-post-deployment";

/**
 * Day since which a server has run in its first database, from the state or the stack file.
 * Undefined if neither has it, or if the data has since moved to another database.
 */
export function livedSince(
  held: readonly StateResource[],
  planned: Properties | undefined,
): string | undefined {
  const state = held.find(({ type }) => type === STACK)?.outputs?.["running"] as
    Properties | undefined;
  const { since, epoch, number, birth } = ((state ?? planned)?.["data"] ?? {}) as Partial<DataLife>;
  const isFirst = epoch === 1 && number === undefined;
  // The file names no day if the plan would create the database.
  return isFirst && (state !== undefined || birth === undefined) ? since : undefined;
}

/**
 * Databases that must not be younger than their server. A younger one may be an empty replacement
 * for a lost one, and no other call of DigitalOcean's reveals that.
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

/**
 * A first update that begins before midnight may create its database after it, and takes up to a
 * day.
 */
const BIRTH_MS = 2 * 24 * 3_600_000;

/** Whether a server has run: an update has finished. */
export function hasLived(looks: readonly Look[]): boolean {
  return liveOf(looks, LAST) !== undefined;
}

/**
 * The output `running`: the program's own, with the running release and the age of its data.
 * Without them the next update would treat the server as new. It would run the migrations again,
 * and allow an empty database.
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
  const { epoch, number } = planned["data"] as DataLife;
  // Missing resources are omitted here: the next update creates them, as the list said.
  const gone = new Set(
    looks.flatMap(({ word, planned: { name } }) => (word === "none" ? name : [])),
  );
  const kept = Object.entries(planned["kept"] as Properties).filter(([name]) => !gone.has(name));
  return {
    ...planned,
    // A fork may choose any tag, so its version is the stack file's.
    ...(image !== planned["mastodonImage"] && {
      mastodonImage: image,
      mastodonVersion: partsOf(image).tag,
    }),
    ...(previous?.image !== undefined && { previousImage: previous.image }),
    data: {
      since,
      epoch,
      ...(number !== undefined && { number }),
      ...(until > 0 && { birth: { image, until } }),
    },
    kept: Object.fromEntries(kept),
  };
}

/** Day of the database cluster's creation. Today if DigitalOcean does not say. */
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
 * S3 keys that the server uses, with their secrets, by id. A cloud shows a key's secret once; the
 * cluster still has it.
 */
export function keysInUse(looks: readonly Look[]): ReadonlyMap<string, string> {
  return new Map(
    looks.flatMap((look) => {
      if (look.word !== "there" || !look.planned.type.endsWith(":Secret")) return [];
      const { data = {} } = (look.candidate as LiveObject).object as V1Secret;
      const valueOf = (key: string): string =>
        Buffer.from(data[key] ?? "", "base64").toString("utf8");
      // Mastodon's begin with AWS_, those of rclone with its name for the bucket.
      return Object.keys(data).flatMap((key) => {
        const owner = /^(?<owner>.*)ACCESS_KEY_ID$/u.exec(key)?.groups?.["owner"];
        const secret = owner === undefined ? "" : valueOf(`${owner}SECRET_ACCESS_KEY`);
        return secret === "" ? [] : [[valueOf(key), secret] as const];
      });
    }),
  );
}
