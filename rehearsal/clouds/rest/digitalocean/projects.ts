import type { Properties } from "../../../providers/provider.ts";
import {
  project,
  PROJECT,
  PROJECT_RESOURCES,
  projectResources,
} from "../../digitalocean/projects.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import {
  change,
  found,
  make,
  missing,
  NO_CONTENT,
  ok,
  page,
  propertiesFrom,
  refused,
} from "./answers.ts";
import { withUrns } from "./urns.ts";

const FIELDS = {
  name: "name",
  description: "description",
  purpose: "purpose",
  environment: "environment",
};
const ONE = "/v2/projects/{project_id}";

/**
 * Projects and their members (digitalocean/openapi 7c1300c4 `specification/resources/projects/`).
 */
export const projectOperations: readonly Operation[] = [
  {
    method: "GET",
    path: "/v2/projects",
    answer: (request, world) =>
      page(request, "projects", [defaultProject(world), ...world.find(PROJECT).map(shown)]),
  },
  {
    method: "POST",
    path: "/v2/projects",
    async answer(request, world) {
      const object = await make(project, propertiesFrom(request.body, FIELDS), request, world);
      return { status: 201, body: { project: shown(object) } };
    },
  },
  {
    method: "GET",
    path: "/v2/projects/default",
    answer: (_request, world) => ok({ project: defaultProject(world) }),
  },
  {
    method: "GET",
    path: ONE,
    answer(request, world) {
      const id = idOf(request, world);
      const object = world.get(PROJECT, id);
      return ok({ project: object === undefined ? defaultProject(world) : shown(object) });
    },
  },
  ...(["PUT", "PATCH"] as const).map((method): Operation => ({
    method,
    path: ONE,
    async answer(request, world) {
      const object = found(request, world, PROJECT, request.parameters["project_id"]!);
      // A PUT replaces everything: a missing field has no value.
      const none = Object.fromEntries(Object.values(FIELDS).map((key) => [key, undefined]));
      const rest = method === "PUT" ? none : {};
      const wanted = { ...rest, ...propertiesFrom(request.body, FIELDS) };
      await change(project, object, wanted, request, world);
      return ok({ project: shown(object) });
    },
  })),
  {
    method: "DELETE",
    path: ONE,
    async answer(request, world) {
      const object = found(request, world, PROJECT, request.parameters["project_id"]!);
      if (resourcesOf(world, object.id).length > 0)
        throw refused(request, 412, "cannot delete a project with resources");
      // Its members no longer exist, so nothing has to be moved.
      const named = world.get(PROJECT_RESOURCES, object.id);
      if (named !== undefined) await remove(projectResources, named, request, world);
      await remove(project, object, request, world);
      return NO_CONTENT;
    },
  },
  ...["/v2/projects/default/resources", `${ONE}/resources`].flatMap(
    (path): readonly Operation[] => [
      {
        method: "GET",
        path,
        answer(request, world) {
          const urns = resourcesOf(world, idOf(request, world));
          return page(
            request,
            "resources",
            urns.map((urn) => shownResource(request, world, urn, "ok")),
          );
        },
      },
      {
        method: "POST",
        path,
        async answer(request, world) {
          const id = idOf(request, world);
          const urns = read.texts(request.body, "resources");
          const known = urns.filter((urn) => objectOf(world, urn) !== undefined);
          const before = resourcesOf(world, id);
          await assign(request, world, id, known);
          return ok({
            resources: urns.map((urn) => {
              const moved = before.includes(urn) ? "already_assigned" : "assigned";
              return shownResource(request, world, urn, known.includes(urn) ? moved : "not_found");
            }),
          });
        },
      },
    ],
  ),
];

/** Id of the project of a resource: the default one, unless it was assigned to another. */
export function projectOf(world: World, urn: string): string {
  const named = [PROJECT_RESOURCES, PROJECT]
    .flatMap((type) => world.find(type))
    .find(({ properties }) => read.texts(properties, "resources").includes(urn));
  const made = objectOf(world, urn)?.properties["projectId"];
  return named?.id ?? (typeof made === "string" ? made : world.defaultProjectId);
}

/** URNs of the existing members of a project. */
function resourcesOf(world: World, projectId: string): readonly string[] {
  return withUrns(world)
    .map(({ urn }) => urn)
    .filter((urn) => projectOf(world, urn) === projectId);
}

/** Moves resources into a project; each is in only one. */
async function assign(
  request: RestRequest,
  world: World,
  projectId: string,
  urns: readonly string[],
): Promise<void> {
  const stay = (object: CloudObject): readonly string[] =>
    read.texts(object.properties, "resources").filter((urn) => !urns.includes(urn));
  const loses = (object: CloudObject): boolean =>
    stay(object).length < read.texts(object.properties, "resources").length;
  for (const object of world.find(PROJECT).filter(loses))
    await change(project, object, { resources: stay(object) }, request, world);
  for (const object of world.find(PROJECT_RESOURCES, (_, id) => id !== projectId).filter(loses))
    if (stay(object).length === 0) await remove(projectResources, object, request, world);
    else await change(projectResources, object, { resources: stay(object) }, request, world);
  for (const urn of urns) {
    const object = objectOf(world, urn);
    if (object?.properties["projectId"] !== undefined)
      object.properties = { ...object.properties, projectId };
  }
  if (projectId === world.defaultProjectId || urns.length === 0) return;
  const named = world.get(PROJECT_RESOURCES, projectId);
  const resources = [...(named === undefined ? [] : stay(named)), ...urns];
  if (named === undefined)
    await make(projectResources, { project: projectId, resources }, request, world);
  else await change(projectResources, named, { resources }, request, world);
}

function idOf(request: RestRequest, world: World): string {
  const id = request.parameters["project_id"] ?? world.defaultProjectId;
  if (id !== world.defaultProjectId && world.get(PROJECT, id) === undefined) throw missing(request);
  return id;
}

function objectOf(world: World, urn: string): CloudObject | undefined {
  return withUrns(world).find((each) => each.urn === urn)?.object;
}

function shownResource(
  request: RestRequest,
  world: World,
  urn: string,
  status: "ok" | "assigned" | "already_assigned" | "not_found",
): Properties {
  const object = objectOf(world, urn);
  const [, kind = "", id = ""] = urn.split(":");
  const paths: Readonly<Record<string, string>> = {
    kubernetes: "/v2/kubernetes/clusters/",
    dbaas: "/v2/databases/",
  };
  const path = paths[kind];
  return {
    urn,
    assigned_at: object === undefined ? world.openedAt : world.since(object),
    links: path === undefined ? {} : { self: `${request.url}${path}${id}` },
    status,
  };
}

function shown({ id, properties }: CloudObject): Properties {
  return {
    id,
    owner_uuid: properties["ownerUuid"],
    owner_id: properties["ownerId"],
    name: properties["name"],
    description: properties["description"] ?? "",
    purpose: properties["purpose"] ?? "",
    ...(properties["environment"] === undefined ? {} : { environment: properties["environment"] }),
    created_at: properties["createdAt"],
    updated_at: properties["updatedAt"],
    is_default: properties["isDefault"] ?? false,
  };
}

/** The project that each account has from its first day. It is no resource of the stack. */
function defaultProject(world: World): Properties {
  return {
    id: world.defaultProjectId,
    owner_uuid: world.account.uuid,
    owner_id: world.accountNumber,
    name: "first-project",
    description: "",
    purpose: "Web Application",
    environment: "Development",
    created_at: world.openedAt,
    updated_at: world.openedAt,
    is_default: true,
  };
}
