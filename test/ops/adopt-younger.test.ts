import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Properties } from "../../ops/recover/state.ts";
import { documentOf } from "../../ops/stack-file/yaml.ts";
import { readStackFile, readyToRehearse } from "../../plan/stack-file.ts";
import { stackPlan } from "../../rehearsal/plan/state-plan.ts";
import { ServerWithoutState } from "./adopt-world.ts";

/** A database that is younger than its server must not be adopted as the lost one. */

const raw = readStackFile();
const TODAY = new Date().toISOString().slice(0, 10);

let server: ServerWithoutState;
const open = async (origin: Properties | undefined): Promise<void> => {
  server = await ServerWithoutState.open({
    raw: origin === undefined ? raw : { ...raw, postgres: { origin } },
  });
};
afterEach(async () => {
  await server.close();
});

describe("an empty database that was made by hand in the place of a lost one", () => {
  beforeEach(async () => await open({ since: "2025-03-02" }));

  it("is shown with both days, and a person says which it is", async () => {
    expect(await server.adopt()).toBe(false);
    expect(server.said).toContain(
      `ask       postgres-cluster (DatabaseCluster): it was made on ${TODAY}, and the server has lived since 2025-03-02: it may be empty, or another one. Look into it before you answer`,
    );
    expect(server.said).toContain("--adopt postgres-cluster=none");
    expect(server.written).toBeUndefined();
    const id = server.ids.get("postgres-cluster")!;
    expect(await server.adopt([], { "postgres-cluster": id }), server.said).toBe(true);
    expect(server.entry("postgres-cluster")?.id).toBe(id);
  });

  it("is doubted by what the state remembers, too, where only the database left it", async () => {
    await server.adopt([], { "postgres-cluster": server.ids.get("postgres-cluster")! });
    const { deployment, ...rest } = server.written!;
    const left = deployment.resources!.filter(({ urn }) => !urn.endsWith("::postgres-cluster"));
    server.state = { ...rest, deployment: { ...deployment, resources: left } };
    expect(await server.adopt(["postgres-cluster"])).toBe(false);
    expect(server.said).toMatch(/^ask +postgres-cluster .*has lived since/mu);
  });
});

describe("a stack file that knows since when a server lives", () => {
  it("is planned for the adoption: nothing of it would be made anew", async () => {
    await open(undefined);
    const text = readFileSync(new URL("../../Pulumi.prod.yaml", import.meta.url), "utf8");
    const document = documentOf(readyToRehearse(text), "Pulumi.prod.yaml");
    document.setIn(["config", "mastodon:postgres"], { origin: { since: "2025-03-02" } });
    const { resources } = await stackPlan("prod", document.toString());
    expect(resources.map(({ name }) => name)).toContain("postgres-cluster");
  });
});

describe("a database that is as old as its server, or whose data has come into it", () => {
  it.each([
    ["the file names no day", undefined],
    ["it was made on that day", { since: TODAY }],
    ["the data has been restored into it", { since: "2025-03-02", epoch: 2 }],
  ])("is not doubted: %s", async (_, origin) => {
    await open(origin);
    expect(await server.adopt(), server.said).toBe(true);
    expect(server.entry("postgres-cluster")?.id).toBe(server.ids.get("postgres-cluster"));
  });
});
