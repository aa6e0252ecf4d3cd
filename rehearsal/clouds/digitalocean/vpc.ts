import { CLOUD_DURATIONS } from "../../../facts/durations.ts";
import { read } from "../properties.ts";
import type { PropertyRow, ResourceRow, RowContext } from "../rows.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { now, offered, refusal, refuseFaults } from "./api.ts";
import { freeRange, isPrivate, overlapping, prefixLength } from "./ranges.ts";
import { REGIONS } from "./regions.ts";

export const VPC = "digitalocean:index/vpc:Vpc";
/** Types that can be members of a VPC, with the property of the VPC's id. */
const MEMBERS = {
  "digitalocean:index/kubernetesCluster:KubernetesCluster": "vpcUuid",
  "digitalocean:index/databaseCluster:DatabaseCluster": "privateNetworkUuid",
} as const;

/**
 * Time for which the provider retries to delete a VPC with members, if the program sets no
 * `customTimeouts` (digitalocean/terraform-provider-digitalocean
 * `digitalocean/vpc/resource_vpc.go`; terraform-provider-digitalocean#488).
 */
const DELETE_TIMEOUT_SECONDS = 120;

const ipRange: PropertyRow = {
  kind: "string",
  computed: true,
  replaces: true,
  refuse: (value) =>
    prefixLength(String(value)) === undefined
      ? `${String(value)} is not an IPv4 range as 10.10.0.0/20` // `IsCIDR`
      : undefined,
  // https://docs.digitalocean.com/reference/terraform/reference/resources/vpc and
  // …/ansible/reference/modules/vpc
  api: (value) => {
    const text = String(value);
    const bits = prefixLength(text) ?? 0;
    if (bits < 16 || bits > 28) return `/${bits} is not allowed: a VPC is between /16 and /28`;
    return isPrivate(text) ? undefined : `${text} is not private (RFC 1918)`;
  },
};

/** A virtual private cloud. In place: name and description. */
export const vpc: ResourceRow = {
  type: VPC,
  file: "rehearsal/clouds/digitalocean/vpc.ts",
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{id}",
  autonamed: { maxLength: 255 },
  properties: {
    name: {
      kind: "string",
      api: (value) =>
        /^[A-Za-z0-9.-]+$/.test(String(value))
          ? undefined
          : `${String(value)} may hold letters, digits, dashes and periods only`,
    },
    region: { kind: "string", required: true, replaces: true, api: offered(REGIONS) },
    ipRange,
    description: {
      kind: "string",
      refuse: (value) => (String(value).length <= 255 ? undefined : "longer than 255 characters"),
    },
    createdAt: { kind: "string", output: true },
    default: { kind: "boolean", output: true },
    vpcUrn: { kind: "string", output: true },
  },
  seconds: CLOUD_DURATIONS[VPC],
  stableOutputs: "all",
  timeouts: { delete: DELETE_TIMEOUT_SECONDS },
  retried: { delete: [403, 409] },
  async create(inputs, { world }) {
    refuseFaults(vpc, inputs, "creating VPC", "POST", "/v2/vpcs");
    const name = read.text(inputs, "name");
    if (world.find(VPC, (other) => other["name"] === name).length > 0)
      throw refusal("creating VPC", "POST", "/v2/vpcs", 422, `a VPC named ${name} exists already`);
    const wanted = read.optionalText(inputs, "ipRange");
    const taken = world.find(VPC).map((other) => ({
      name: read.text(other.properties, "name"),
      range: read.text(other.properties, "ipRange"),
    }));
    const clash = taken.find(({ range }) => wanted !== undefined && overlapping(range, wanted));
    if (clash !== undefined)
      throw refusal(
        "creating VPC",
        "POST",
        "/v2/vpcs",
        422,
        `the range ${wanted} overlaps with ${clash.range} of the VPC ${clash.name}; ranges of one account must not`,
      );
    const id = world.newId();
    return {
      id,
      given: {
        // Without a range the API chooses a free /20 (…/ansible/reference/modules/vpc).
        ipRange: wanted ?? freeRange(taken.map(({ range }) => range)),
        createdAt: now(),
        default: false,
        vpcUrn: `do:vpc:${id}`,
      },
    };
  },
  async update(object, inputs) {
    refuseFaults(vpc, inputs, "updating VPC", "PUT", `/v2/vpcs/${object.id}`);
    return {};
  },
  async delete(object, { world }) {
    if (membersOf(world, object.id) === 0 && world.departures.pending(object.id) === 0) return;
    // pulumi/pulumi-digitalocean#753
    throw refusal(
      "deleting VPC",
      "DELETE",
      `/v2/vpcs/${object.id}`,
      409,
      "Can not delete VPC with members",
    );
  },
};

/** Number of clusters and databases in the VPC. */
function membersOf(world: World, id: string): number {
  return Object.entries(MEMBERS).reduce(
    (sum, [type, key]) => sum + world.find(type, (properties) => properties[key] === id).length,
    0,
  );
}

/**
 * Throws, as the API does, if the VPC does not exist or is in another region; returns its range.
 */
export function requireVpc(
  { world }: RowContext,
  id: string | undefined,
  region: string,
  doing: string,
  path: string,
): string | undefined {
  if (id === undefined) return undefined;
  const found = world.get(VPC, id);
  if (found === undefined)
    throw refusal(
      doing,
      "POST",
      path,
      422,
      `VPC ${id} not found; it must be a VPC's id, not its URN`,
    );
  if (found.properties["region"] !== region)
    throw refusal(
      doing,
      "POST",
      path,
      422,
      `VPC ${id} is in ${String(found.properties["region"])}, not in ${region}`,
    );
  return read.text(found.properties, "ipRange");
}
