import type { Properties } from "../../../providers/provider.ts";
import { vpc, VPC } from "../../digitalocean/vpc.ts";
import type { CloudObject } from "../../cloud-object.ts";
import { remove } from "../acting.ts";
import type { Operation } from "../router.ts";
import { change, found, make, NO_CONTENT, ok, page, propertiesFrom } from "./answers.ts";
import { membersOf } from "./urns.ts";

const FIELDS = { name: "name", description: "description" };
const ONE = "/v2/vpcs/{vpc_id}";

/** VPCs and their members (digitalocean/openapi 7c1300c4 `specification/resources/vpcs/`). */
export const vpcOperations: readonly Operation[] = [
  {
    method: "GET",
    path: "/v2/vpcs",
    answer: (request, world) => page(request, "vpcs", world.find(VPC).map(shown)),
  },
  {
    method: "POST",
    path: "/v2/vpcs",
    async answer(request, world) {
      const fields = { ...FIELDS, region: "region", ip_range: "ipRange" };
      const object = await make(vpc, propertiesFrom(request.body, fields), request, world);
      return { status: 201, body: { vpc: shown(object) } };
    },
  },
  {
    method: "GET",
    path: ONE,
    answer: (request, world) =>
      ok({ vpc: shown(found(request, world, VPC, request.parameters["vpc_id"]!)) }),
  },
  ...(["PUT", "PATCH"] as const).map((method): Operation => ({
    method,
    path: ONE,
    async answer(request, world) {
      const object = found(request, world, VPC, request.parameters["vpc_id"]!);
      // A PUT replaces everything: without a description there is none.
      const rest = method === "PUT" ? { description: undefined } : {};
      const wanted = { ...rest, ...propertiesFrom(request.body, FIELDS) };
      await change(vpc, object, wanted, request, world);
      return ok({ vpc: shown(object) });
    },
  })),
  {
    method: "DELETE",
    path: ONE,
    async answer(request, world) {
      const object = found(request, world, VPC, request.parameters["vpc_id"]!);
      await remove(vpc, object, request, world);
      return NO_CONTENT;
    },
  },
  {
    method: "GET",
    path: `${ONE}/members`,
    answer(request, world) {
      const { id } = found(request, world, VPC, request.parameters["vpc_id"]!);
      const kind = request.query.get("resource_type");
      const members = membersOf(world, id).filter(
        ({ urn }) => kind === null || urn.startsWith(`do:${kind}:`),
      );
      return page(request, "members", members);
    },
  },
];

function shown({ id, properties }: CloudObject): Properties {
  return {
    id,
    urn: properties["vpcUrn"],
    name: properties["name"],
    description: properties["description"] ?? "",
    region: properties["region"],
    ip_range: properties["ipRange"],
    created_at: properties["createdAt"],
    default: properties["default"] ?? false,
  };
}
