import { read } from "../properties.ts";
import { ONE_CALL, type ResourceRow } from "../rows.ts";
import { now, refusal } from "./api.ts";

export const PROJECT = "digitalocean:index/project:Project";

/** A project: where the control panel shows what belongs together (terraform-provider-digitalocean `digitalocean/project/resource_project.go`). */
export const project: ResourceRow = {
  type: PROJECT,
  file: "rehearsal/clouds/digitalocean/projects.ts",
  autonamed: { maxLength: 255 },
  properties: {
    name: { kind: "string" },
    description: { kind: "string" },
    purpose: { kind: "string", default: "Web Application" },
    environment: { kind: "string", allowed: ["Development", "Staging", "Production"] },
    resources: {
      kind: "set",
      computed: true,
      item: {
        kind: "string",
        refuse: (value) =>
          /^do:[a-z_]+:.+$/.test(String(value))
            ? undefined
            : `${String(value)} is no URN as do:kubernetes:<id>`,
      },
    },
    isDefault: { kind: "boolean" },
    createdAt: { kind: "string", output: true },
    updatedAt: { kind: "string", output: true },
    ownerId: { kind: "integer", output: true },
    ownerUuid: { kind: "string", output: true },
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: "all",
  async create(inputs, { world }) {
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
        ownerUuid: world.newId(),
      },
    };
  },
  async update() {
    return { updatedAt: now() };
  },
  async delete() {},
};
