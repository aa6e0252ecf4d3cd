import { randomUUID } from "node:crypto";
import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { ResourceRow } from "../rows.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { now, refusal, refuseFaults } from "./api.ts";
import { DATABASE, REPLICA } from "./database-address.ts";

export const FIREWALL = "digitalocean:index/databaseFirewall:DatabaseFirewall";

/**
 * Maximum number of rules of one firewall (digitalocean/openapi
 * `specification/resources/databases/databases_update_firewall_rules.yml`).
 */
const MAX_RULES = 100;

/**
 * Allowed sources of a database. Each change is a PUT of the whole list. Deleting it puts an empty
 * list, which allows every source (terraform-provider-digitalocean
 * `digitalocean/database/resource_database_firewall.go`).
 */
export const databaseFirewall: ResourceRow = {
  type: FIREWALL,
  file: "rehearsal/clouds/digitalocean/database-firewall.ts",
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{clusterId}",
  properties: {
    clusterId: { kind: "string", required: true, replaces: true },
    rules: {
      kind: "set",
      required: true,
      api: (value) =>
        (value as readonly unknown[]).length <= MAX_RULES
          ? undefined
          : `more than ${MAX_RULES} rules`,
      item: {
        kind: "object",
        fields: {
          type: {
            kind: "string",
            required: true,
            allowed: ["ip_addr", "droplet", "k8s", "tag", "app"],
          },
          value: { kind: "string", required: true },
          uuid: { kind: "string", output: true },
          createdAt: { kind: "string", output: true },
        },
      },
    },
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: "all",
  async create(inputs, { world }) {
    const id = read.text(inputs, "clusterId");
    const path = `/v2/databases/${id}/firewall`;
    refuseFaults(databaseFirewall, inputs, "creating DatabaseFirewall", "PUT", path);
    // Or a replica's, by its `uuid` (the provider's page of `database_replica`).
    const replicas = world.find(REPLICA, ({ uuid }) => uuid === id);
    if (world.get(DATABASE, id) === undefined && replicas.length === 0)
      throw refusal("creating DatabaseFirewall", "PUT", path, 404, "cluster not found");
    // The API would let the second overwrite the first, and each `up` would revert the other's.
    if (world.find(FIREWALL, (other) => other["clusterId"] === id).length > 0)
      throw new Error(
        `Database ${id} has a DatabaseFirewall already; one resource must hold all rules of a database, since each writes the whole list.`,
      );
    return { id: `${id}-${now().replaceAll(/\D/g, "")}`, given: { rules: numbered(inputs, []) } };
  },
  async update(object, inputs) {
    const path = `/v2/databases/${read.text(inputs, "clusterId")}/firewall`;
    refuseFaults(databaseFirewall, inputs, "updating DatabaseFirewall", "PUT", path);
    return { rules: numbered(inputs, read.list(object.properties, "rules")) };
  },
  async delete() {},
};

/** Deletes the rules with their database, because they are a part of it. */
export function forgetFirewall(world: World, databaseId: string): void {
  for (const firewall of world.find(FIREWALL, ({ clusterId }) => clusterId === databaseId))
    world.remove(firewall);
}

/** Adds ids to the rules. An existing rule keeps its id, or every refresh would show a change. */
function numbered(inputs: Properties, before: readonly Properties[]): readonly Properties[] {
  return read.list(inputs, "rules").map((rule) => {
    const known = before.find(
      (other) => other["type"] === rule["type"] && other["value"] === rule["value"],
    );
    return known ?? { ...rule, uuid: randomUUID(), createdAt: now() };
  });
}
