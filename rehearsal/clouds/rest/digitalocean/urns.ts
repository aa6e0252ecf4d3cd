import { CLUSTER } from "../../digitalocean/doks.ts";
import { DATABASE } from "../../digitalocean/database-address.ts";
import { SPACES_BUCKET } from "../../digitalocean/spaces.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";

/** Types whose objects are in a project, with the property of their URN. */
const IN_PROJECTS: Readonly<Record<string, string>> = {
  [CLUSTER]: "clusterUrn",
  [DATABASE]: "clusterUrn",
  [SPACES_BUCKET]: "bucketUrn",
};

/** Types whose objects are in a VPC, with the property of its id. */
const IN_VPCS: Readonly<Record<string, string>> = {
  [CLUSTER]: "vpcUuid",
  [DATABASE]: "privateNetworkUuid",
};

/** Every object of the account that is in a project, with its URN. */
export function withUrns(
  world: World,
): readonly { readonly urn: string; readonly object: CloudObject }[] {
  return Object.entries(IN_PROJECTS).flatMap(([type, key]) =>
    world.find(type).map((object) => ({ urn: read.text(object.properties, key), object })),
  );
}

/** The members of a VPC, as the API lists them. */
export function membersOf(
  world: World,
  vpcId: string,
): readonly { readonly urn: string; readonly name: string; readonly created_at: string }[] {
  return Object.entries(IN_VPCS).flatMap(([type, key]) =>
    world
      .find(type, (properties) => properties[key] === vpcId)
      .map((object) => ({
        urn: read.text(object.properties, IN_PROJECTS[type]!),
        name: read.text(object.properties, "name"),
        created_at: world.since(object),
      })),
  );
}
