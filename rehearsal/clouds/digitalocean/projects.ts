import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { ResourceRow } from "../rows.ts";
import type { CloudObject } from "../cloud-object.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { now, refusal, refuseFaults } from "./api.ts";
import { isUrn, urnExists } from "./urns.ts";

export const PROJECT = "digitalocean:index/project:Project";
export const PROJECT_RESOURCES = "digitalocean:index/projectResources:ProjectResources";

/**
 * A project, with which the control panel groups resources (terraform-provider-digitalocean
 * `digitalocean/project/resource_project.go`).
 */
export const project: ResourceRow = {
  type: PROJECT,
  file: "rehearsal/clouds/digitalocean/projects.ts",
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{id}",
  autonamed: { maxLength: 255 },
  properties: {
    name: { kind: "string" },
    description: { kind: "string" },
    purpose: { kind: "string", default: "Web Application" },
    environment: {
      kind: "string",
      refuse: (value) =>
        /^(development|staging|production)$/i.test(String(value))
          ? undefined
          : `${String(value)} is not one of: development, staging, production`,
    },
    resources: {
      kind: "set",
      computed: true,
      item: { kind: "string", api: isUrn },
    },
    isDefault: { kind: "boolean", default: false },
    createdAt: { kind: "string", output: true },
    updatedAt: { kind: "string", output: true },
    ownerId: { kind: "integer", output: true },
    ownerUuid: { kind: "string", output: true },
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: "all",
  timeouts: { delete: 3 * 60 },
  retried: { delete: [412] },
  suppresses: (path, olds, news) =>
    path === "environment" &&
    String(olds["environment"]).toLowerCase() === String(news["environment"]).toLowerCase(),
  async create(inputs, { world }) {
    refuseFaults(project, inputs, "creating Project", "POST", "/v2/projects");
    const name = read.text(inputs, "name");
    if (world.find(PROJECT, (other) => other["name"] === name).length > 0)
      throw refusal("creating Project", "POST", "/v2/projects", 409, "name is already in use");
    const at = now();
    return {
      id: world.newId(),
      given: {
        resources: inputs["resources"] ?? [],
        createdAt: at,
        updatedAt: at,
        ownerId: world.accountNumber,
        ownerUuid: world.account.uuid,
      },
    };
  },
  async update(object, inputs) {
    refuseFaults(project, inputs, "updating Project", "PUT", `/v2/projects/${object.id}`);
    return { updatedAt: now() };
  },
  async delete(object, { world }) {
    // The provider first moves members of its own `resources` away. Those of a ProjectResources
    // stay, and it retries for three minutes.
    if (world.get(PROJECT_RESOURCES, object.id) !== undefined)
      throw refusal(
        `deleting project (${object.id})`,
        "DELETE",
        `/v2/projects/${object.id}`,
        412,
        "cannot delete a project with resources",
      );
  },
};

/**
 * Members of a project (terraform-provider-digitalocean
 * `digitalocean/project/resource_project_resources.go`). Deleting it moves them to the default
 * project. Its id is the project's.
 */
export const projectResources: ResourceRow = {
  type: PROJECT_RESOURCES,
  file: "rehearsal/clouds/digitalocean/projects.ts",
  asOf: DIGITALOCEAN_SOURCE,
  importId: null,
  deleteOf404: "gone",
  properties: {
    project: { kind: "string", required: true, replaces: true },
    resources: { kind: "set", required: true, item: { kind: "string", api: isUrn } },
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: "all",
  async create(inputs, { world }) {
    const project = requireProject(world, inputs);
    refuseTaken(world, inputs, project.id);
    return { id: project.id, given: {} };
  },
  async update(object, inputs, { world }) {
    refuseTaken(world, inputs, requireProject(world, inputs, object).id);
    return {};
  },
  // From the members that were added it returns those that still exist (`…ResourcesRead`).
  read: (object, { world }) => ({
    resources: read.texts(object.properties, "resources").filter((urn) => urnExists(world, urn)),
  }),
  async delete() {},
};

function requireProject(world: World, inputs: Properties, object?: CloudObject): CloudObject {
  const id = read.text(inputs, "project");
  const project = world.get(PROJECT, id);
  if (project === undefined)
    throw refusal(
      `assigning resources to project ${id}: Error assigning resources`,
      "POST",
      `/v2/projects/${object?.id ?? id}/resources`,
      404,
      "The resource you requested could not be found.",
    );
  const path = `/v2/projects/${id}/resources`;
  refuseFaults(projectResources, inputs, `assigning resources to project ${id}`, "POST", path);
  return project;
}

/**
 * A resource is in one project. Two that claim it would take it from each other at every update,
 * without an error from the API.
 */
function refuseTaken(world: World, inputs: Properties, projectId: string): void {
  const wanted = new Set(read.texts(inputs, "resources"));
  for (const type of [PROJECT, PROJECT_RESOURCES])
    for (const other of world.find(type, (_, id) => type === PROJECT || id !== projectId))
      for (const urn of read.texts(other.properties, "resources"))
        if (wanted.has(urn))
          throw new Error(
            `${urn} is in the resources of ${type === PROJECT ? "a Project" : "other ProjectResources"} too; one of both must name it, or each update takes it from the other.`,
          );
}
