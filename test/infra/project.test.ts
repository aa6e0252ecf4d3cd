import { expect, test } from "vitest";
import { ofType, theResource } from "../stack/views.ts";
import { planWith } from "./raw.ts";

const MEMBERS = "digitalocean:index/projectResources:ProjectResources";
const DATABASE = "digitalocean:index/databaseCluster:DatabaseCluster";
const plan = await planWith({
  project: { name: "Staging", environment: "Staging" },
  valkey: { cache: { size: "db-s-1vcpu-1gb" } },
});

test("everything that is billed is in the project, once: in two places each update would take it from the other", () => {
  const urns = ofType(plan, MEMBERS).flatMap(({ inputs }) => inputs["resources"] as string[]);
  expect(urns, "a billed resource belongs in `urns` of stack/foundation.ts, and here").toEqual([
    "do:kubernetes:id-of-cluster-doks",
    "do:dbaas:id-of-postgres-cluster",
    "do:dbaas:id-of-valkey-cluster",
    "do:dbaas:id-of-cache-cluster",
  ]);
  const project = theResource(plan, "digitalocean:index/project:Project", "project-project");
  expect(Object.keys(project.inputs)).not.toContain("resources");
  expect(project.inputs).toMatchObject({ name: "Staging", environment: "Staging" });
});

test("no database names its project: to move it to another would replace it, with its data", () => {
  for (const { name, inputs } of ofType(plan, DATABASE))
    expect(Object.keys(inputs), name).not.toContain("projectId");
});
