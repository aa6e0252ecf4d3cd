import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { adoptForgotten } from "../../ops/adopt/forgotten.ts";
import { leftOversOf } from "../../ops/recover/left-overs.ts";
import type { StackExport } from "../../ops/recover/state.ts";
import { clustersOf, withoutOldWorld } from "../../ops/recover/taken-out.ts";
import { cloudsAt } from "./recover-world.ts";
import { ServerWithoutState } from "./adopt-world.ts";

/** `npm run state -- adopt` between a fence and the update that creates another cluster. */

let server: ServerWithoutState;
let fenced: StackExport;
const idOf = (name: string): string => server.ids.get(name)!;

beforeAll(async () => {
  server = await ServerWithoutState.open();
  await server.adopt();
  const whole = server.written!;
  const clusters = clustersOf(whole.deployment.resources ?? []).map(({ id }) => id);
  fenced = withoutOldWorld(whole, new Set(clusters)).left;
});
afterAll(async () => {
  await server.close();
});
beforeEach(() => {
  server.state = fenced;
  server.written = undefined;
});

describe("an old world that is shut out, and would be taken back by `state -- adopt`", () => {
  it("neither its cluster nor the tag of its nodes comes into the state again", async () => {
    expect(await server.adopt(), server.said).toBe(true);
    for (const name of ["cluster-doks", "network-nodes", "cluster-workloads"])
      expect(server.entry(name), name).toBeUndefined();
    const taken = server.written?.deployment.resources ?? [];
    expect(taken.filter(({ type }) => type.startsWith("kubernetes:"))).toEqual([]);
    expect(server.said).toContain(
      `make      cluster-doks (KubernetesCluster): \`npm run recover -- fence\` has shut it out (${idOf("cluster-doks")}`,
    );
  });

  it("`npm run recover`, which takes in what a refresh has forgotten, takes neither", async () => {
    const options = { stack: "prod", cwd: ".", answered: new Map<string, string>(), yes: true };
    await adoptForgotten(server.state.deployment.resources ?? [], options, server.commandsWorld());
    for (const name of ["cluster-doks", "network-nodes", "cluster-workloads"])
      expect(server.entry(name), name).toBeUndefined();
  });

  it("an answer that names it is refused, with what to do", async () => {
    await expect(server.adopt([], { "cluster-doks": idOf("cluster-doks") })).rejects.toThrow(
      "has shut it out. Nothing was changed. The next update makes another one: npm run up -- --refresh.",
    );
  });

  it("what else the state lacks is taken in, and the fence stays remembered", async () => {
    const { deployment } = fenced;
    const resources = (deployment.resources ?? []).filter(
      ({ urn }) => !urn.endsWith("::postgres-database"),
    );
    server.state = { ...fenced, deployment: { ...deployment, resources } };
    expect(await server.adopt(), server.said).toBe(true);
    expect(server.entry("postgres-database")?.id).toBe(`${idOf("postgres-cluster")},mastodon`);
    expect(server.entry("mastodon-prod")?.outputs).toMatchObject({
      running: {},
      shutOut: [idOf("cluster-doks"), idOf("network-nodes")],
    });
  });

  it("recovery names the way to delete it, and none to adopt it", async () => {
    const clouds = await cloudsAt(server.rest);
    const left = await leftOversOf(fenced.deployment.resources ?? [], clouds);
    expect(left).toMatchObject({
      things: [
        {
          candidate: { id: idOf("cluster-doks") },
          place: undefined,
          deletion: "npm run recover -- old-clusters",
        },
      ],
    });
  });
});

describe("what belongs to a thing that is not there", () => {
  /** The state without the database and its members. */
  const withoutDatabase = (): StackExport => ({
    ...fenced,
    deployment: {
      ...fenced.deployment,
      resources: (fenced.deployment.resources ?? []).filter(
        ({ urn }) => !/::postgres-(?:cluster|firewall|database)$/u.test(urn),
      ),
    },
  });

  it("is made with it, and nothing gets an id without its own", async () => {
    server.state = withoutDatabase();
    expect(await server.adopt([], { "postgres-cluster": "none" }), server.said).toBe(true);
    for (const name of ["postgres-firewall", "postgres-database"])
      expect(server.said).toMatch(new RegExp(`^make +${name} .*there is none`, "mu"));
    expect(server.written).toBeUndefined();
  });

  it("is not known where the look is limited to it", async () => {
    server.state = withoutDatabase();
    expect(await server.adopt(["postgres-firewall"])).toBe(false);
    expect(server.said).toMatch(/^unknown +postgres-firewall .*no readable clusterId/mu);
  });
});
