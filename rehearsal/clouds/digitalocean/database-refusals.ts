import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import type { CloudObject } from "../cloud-object.ts";
import type { Account } from "./account.ts";
import { refusal } from "./api.ts";
import { databaseRank } from "./sizes.ts";

/**
 * Refusals of the API for a database, which no preview shows: the provider checks each value
 * separately (digitalocean/terraform-provider-digitalocean
 * `digitalocean/database/resource_database_cluster.go`).
 */

const PATH = "/v2/databases";

/**
 * Versions that are offered of each engine, oldest first (digitalocean/openapi
 * `specification/resources/databases/responses/options.yml`).
 */
export const OFFERED: Readonly<Record<string, readonly string[]>> = {
  pg: ["13", "14", "15", "16", "17"],
  valkey: ["8"],
};

/** The version of each engine for which the rehearsal has a server. */
const SERVED: Readonly<Record<string, string>> = { pg: "17", valkey: "8" };

/**
 * Refuses a creation with something that is not offered: a version, or standbys of the smallest
 * plan, whose only `num_nodes` is 1 (same file).
 */
export function refuseUnoffered(account: Account, inputs: Properties): void {
  const doing = "creating database cluster";
  const { engine, version, size } = inputs;
  if (!(String(engine) in SERVED))
    throw new Error(
      `The rehearsal has no server for the engine ${String(engine)}, only for pg and valkey.`,
    );
  // Message from digitalocean/terraform-provider-digitalocean#1014.
  if (OFFERED[String(engine)]?.includes(String(version)) !== true)
    throw refusal(doing, "POST", PATH, 422, "invalid cluster engine version");
  // Message from digitalocean/api-v2#41, about a Droplet.
  if (account.closedRegions.has(read.text(inputs, "region")))
    throw refusal(doing, "POST", PATH, 422, "Region is not available");
  // The message is invented, as those of the version and the node count.
  if (account.missingDatabaseSizes.has(String(size)))
    throw refusal(doing, "POST", PATH, 422, INVALID_SIZE);
  // Message from digitalocean/do-operator#3.
  if (!hasStandbys(size, inputs["nodeCount"]))
    throw refusal(doing, "POST", PATH, 422, "invalid node count");
  const served = SERVED[String(engine)];
  if (version !== served)
    throw new Error(
      `DigitalOcean offers ${String(engine)} ${String(version)}, but the rehearsal has a server for ${String(served)} only.`,
    );
}

/**
 * Refuses changes that a running database can't make. Nodes can't be downsized
 * (digitalocean/doctl#1076), nor a disk. A version can't go back (`PUT …/upgrade`; its message is
 * not known, so it is that of a creation). An allowed change is recorded; the server behind it
 * stays as it is.
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
