import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import type { CloudObject } from "../cloud-object.ts";
import type { Account } from "./account.ts";
import { refusal } from "./api.ts";
import { databaseRank } from "./sizes.ts";

/**
 * What the API refuses of a database, which no preview knows: the provider looks at each value
 * alone (digitalocean/terraform-provider-digitalocean
 * `digitalocean/database/resource_database_cluster.go`).
 */

const PATH = "/v2/databases";

/**
 * What is offered of each engine, oldest first (digitalocean/openapi
 * `specification/resources/databases/responses/options.yml`).
 */
export const OFFERED: Readonly<Record<string, readonly string[]>> = {
  pg: ["13", "14", "15", "16", "17"],
  valkey: ["8"],
};

/** The one of each engine that the rehearsal has a server for. */
const SERVED: Readonly<Record<string, string>> = { pg: "17", valkey: "8" };

/**
 * Refuses what is not offered at a creation: a version, or standbys of the smallest plan, of which
 * `num_nodes` is 1 alone (same file).
 */
export function refuseUnoffered(account: Account, inputs: Properties): void {
  const doing = "creating database cluster";
  const { engine, version, size } = inputs;
  if (!(String(engine) in SERVED))
    throw new Error(
      `The rehearsal has no server for the engine ${String(engine)}, only for pg and valkey.`,
    );
  // digitalocean/terraform-provider-digitalocean#1014 quotes it.
  if (OFFERED[String(engine)]?.includes(String(version)) !== true)
    throw refusal(doing, "POST", PATH, 422, "invalid cluster engine version");
  // digitalocean/api-v2#41, of a Droplet.
  if (account.closedRegions.has(read.text(inputs, "region")))
    throw refusal(doing, "POST", PATH, 422, "Region is not available");
  // Nobody quotes it: ours, as those of the version and the node count.
  if (account.missingDatabaseSizes.has(String(size)))
    throw refusal(doing, "POST", PATH, 422, INVALID_SIZE);
  // digitalocean/do-operator#3 quotes it.
  if (!hasStandbys(size, inputs["nodeCount"]))
    throw refusal(doing, "POST", PATH, 422, "invalid node count");
  const served = SERVED[String(engine)];
  if (version !== served)
    throw new Error(
      `DigitalOcean offers ${String(engine)} ${String(version)}, but the rehearsal has a server for ${String(served)} only.`,
    );
}

/**
 * Refuses what a running database can't become: nodes can't be downsized (digitalocean/doctl#1076),
 * nor a disk, nor can its version go back (`PUT …/upgrade`; nobody quotes its words, so they are
 * those of a creation). What is allowed is recorded; the server behind stays as it is.
 */
export function refuseStepsBack(account: Account, object: CloudObject, inputs: Properties): void {
  const refuse = (what: "resize" | "upgrade", words: string): Error =>
    refusal(
      what === "resize" ? "resizing database cluster" : "upgrading database cluster",
      "PUT",
      `${PATH}/${object.id}/${what}`,
      422,
      words,
    );
  const [from, to] = [object.properties, inputs].map((each) => read.text(each, "size"));
  if (databaseRank(String(to)) < databaseRank(String(from)))
    throw refuse("resize", `the size can't be decreased from ${from} to ${to}`);
  if (to !== from && account.missingDatabaseSizes.has(String(to)))
    throw refuse("resize", INVALID_SIZE);
  const disks = [object.properties, inputs].map((each) => Number(each["storageSizeMib"] ?? 0));
  const [before = 0, after = 0] = disks;
  if (after !== 0 && after < before)
    throw refuse("resize", `storage can't be decreased from ${before} to ${after} MiB`);
  if (!hasStandbys(inputs["size"], inputs["nodeCount"]))
    throw refuse("resize", "invalid node count");
  const versions = OFFERED[String(inputs["engine"])] ?? [];
  const [old, wanted] = [object.properties, inputs].map((each) => read.text(each, "version"));
  if (versions.indexOf(String(wanted)) < versions.indexOf(String(old)))
    throw refuse("upgrade", "invalid cluster engine version");
}

const INVALID_SIZE = "invalid cluster size";

function hasStandbys(size: unknown, nodeCount: unknown): boolean {
  return size !== "db-s-1vcpu-1gb" || Number(nodeCount) === 1;
}
