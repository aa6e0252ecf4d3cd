import { CLOUD_DURATIONS } from "../../../facts/durations.ts";
import { read } from "../properties.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";
import { offered, refusal, refuseFaults } from "./api.ts";
import { DATABASE, databaseHosts, PORTS, REPLICA, uriOf } from "./database-address.ts";
import { forgetFirewall } from "./database-firewall.ts";
import { databaseRank, storageOf } from "./sizes.ts";
import { REGIONS } from "./regions.ts";
import { requireVpc } from "./vpc.ts";

const DOING = "creating DatabaseReplica";
const given: PropertyRow = { kind: "string", output: true };
const secret: PropertyRow = { kind: "string", output: true, secret: true };

/**
 * A read-only copy of a Postgres (terraform-provider-digitalocean
 * `digitalocean/database/resource_database_replica.go`). Here its names lead to the original's
 * server, whose certificate then covers them, too. In place: size and storage, upwards.
 */
export const databaseReplica: ResourceRow = {
  type: REPLICA,
  file: "rehearsal/clouds/digitalocean/database-replicas.ts",
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{clusterId},{name}",
  outlasted: {
    create: "Error creating DatabaseReplica: Timeout waiting to DatabaseReplica to become online",
    update: "Error resizing database replica: Timeout waiting to DatabaseReplica to become online",
  },
  autonamed: { maxLength: 255 },
  properties: {
    name: { kind: "string", replaces: true },
    clusterId: { kind: "string", required: true, replaces: true },
    region: { kind: "string", replaces: true, api: offered(REGIONS) },
    size: { kind: "string" },
    privateNetworkUuid: { kind: "string", computed: true, replaces: true },
    storageSizeMib: { kind: "string", computed: true },
    tags: { kind: "set", replaces: true, item: { kind: "string" } },
    uuid: given,
    host: given,
    privateHost: given,
    port: { kind: "integer", output: true },
    user: given,
    database: given,
    password: secret,
    uri: secret,
    privateUri: secret,
  },
  seconds: CLOUD_DURATIONS[REPLICA],
  stableOutputs: "all",
  // No Timeouts block: after a 412 the SDK retries for 20 minutes, then polls 120 times, once every
  // 15 s.
  retried: { create: [412] },
  pollsSeconds: 120 * 15,
  async create(inputs, context) {
    const { world } = context;
    const id = read.text(inputs, "clusterId");
    const path = `/v2/databases/${id}/replicas`;
    const refuse = (status: number, words: string): Error =>
      refusal(DOING, "POST", path, status, words);
    refuseFaults(databaseReplica, inputs, DOING, "POST", path);
    const primary = world.get(DATABASE, id);
    if (primary === undefined) throw refuse(404, "cluster not found");
    // "Read-only replicas are not supported for Caching or Valkey clusters"
    // (databases_create_replica.yml).
    if (primary.properties["engine"] !== "pg")
      throw refuse(422, "operation is not supported for this cluster type");
    // "The first backup is still being created".
    if (world.account.withoutBackup.has(id))
      throw refuse(412, "cluster backup is not available yet");
    const size = read.optionalText(inputs, "size") ?? read.text(primary.properties, "size");
    if (world.account.missingDatabaseSizes.has(size)) throw refuse(422, "invalid cluster size");
    // "at least as large as the node size for the database cluster" (models/database_replica.yml).
    if (databaseRank(size) < databaseRank(read.text(primary.properties, "size")))
      throw refuse(
        422,
        `the replica's size ${size} is smaller than the cluster's ${String(primary.properties["size"])}`,
      );
    const name = read.text(inputs, "name");
    const region = read.optionalText(inputs, "region") ?? read.text(primary.properties, "region");
    const network = read.optionalText(inputs, "privateNetworkUuid");
    requireVpc(context, network, region, DOING, path);
    const taken = (other: { readonly [key: string]: unknown }): boolean => other["name"] === name;
    if (world.find(REPLICA, taken).length + world.find(DATABASE, taken).length > 0)
      // Message from Greenstand/treetracker-infrastructure#122.
      throw refuse(422, "cluster name is not available");
    const running = world.databaseServers.get(id);
    if (running === undefined) throw refuse(404, "cluster not found");
    const uuid = world.newId();
    const hosts = databaseHosts(name, world.accountNumber);
    const access = {
      user: read.text(primary.properties, "user"),
      password: read.text(primary.properties, "password"),
      port: PORTS.postgres,
      database: read.text(primary.properties, "database"),
    };
    return {
      id: `${id}/replicas/${name}`,
      given: {
        uuid,
        host: hosts.publicHost,
        privateHost: hosts.privateHost,
        ...access,
        uri: uriOf(true, { ...access, host: hosts.publicHost }),
        privateUri: uriOf(true, { ...access, host: hosts.privateHost }),
        privateNetworkUuid: network ?? world.defaultVpcId,
        storageSizeMib: storageOf(inputs["storageSizeMib"], size),
      },
      ready: async () => {
        await world.inTurn(id, () =>
          world.databases.answerAs(id, [hosts.publicHost, hosts.privateHost]),
        );
        world.databaseServers.set(uuid, { server: running.server, ...hosts });
        return {};
      },
    };
  },
  async update(object, inputs) {
    const [before, after] = [object.properties["size"], inputs["size"]].map(String);
    // The provider's page of it: "its size can only be increased".
    if (databaseRank(String(after)) < databaseRank(String(before)))
      throw refusal(
        "resizing database replica",
        "PUT",
        `/v2/databases/${String(object.properties["uuid"])}/resize`,
        422,
        `the size can't be decreased from ${before} to ${after}`,
      );
    return {};
  },
  async delete(object, { world }) {
    const uuid = read.text(object.properties, "uuid");
    world.databaseServers.delete(uuid);
    forgetFirewall(world, uuid);
  },
};
