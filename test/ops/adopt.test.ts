import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FINDERS } from "../../ops/recover/finders.ts";
import type { Properties } from "../../ops/recover/state.ts";
import { SECRET_MARK } from "../../plan/answers.ts";
import { refOf } from "../../rehearsal/test/clouds/cloud.ts";
import { TAG } from "../../rehearsal/test/clouds/standard.ts";
import { PLAN, ServerWithoutState } from "./adopt-world.ts";

let server: ServerWithoutState;
beforeAll(async () => {
  server = await ServerWithoutState.open();
});
afterAll(async () => {
  await server.close();
});
beforeEach(() => {
  server.state = { version: 3, deployment: { resources: [] } };
  server.written = undefined;
  server.clusterStatus = undefined;
});

const custom = PLAN.resources.filter((each) => each.custom);
const resources = () => server.written?.deployment.resources ?? [];
/** Resources that no provider imports. */
const MADE_AGAIN = custom
  .filter(({ type }) => {
    const finder = FINDERS[type];
    return finder?.kind === "again" && finder.importId === undefined;
  })
  .map(({ name }) => name);

describe("a state that is lost", () => {
  it("all that exists is taken into it, at its place; only what has no importer is made again", async () => {
    expect(await server.adopt(), server.said).toBe(true);
    expect(MADE_AGAIN).toEqual(["media-r2-lifecycle", "media-r2-cors", "project-members"]);
    const urns = new Set(resources().map(({ urn }) => urn));
    expect(PLAN.resources.filter(({ urn }) => !urns.has(urn)).map(({ name }) => name)).toEqual(
      MADE_AGAIN,
    );
    for (const { type, urn, parent, protect } of custom) {
      const entry = resources().find((each) => each.urn === urn);
      if (entry === undefined || type.startsWith("pulumi:")) continue;
      expect(entry).toMatchObject({ parent, custom: true, ...(protect && { protect }) });
    }
  });

  it("what stands before another in a state comes before it: parents, and the providers", async () => {
    await server.adopt();
    const seen = new Set<string>();
    for (const each of resources()) {
      const { parent, provider, id = "" } = each as unknown as Readonly<Record<string, string>>;
      if (parent !== undefined) expect(seen).toContain(parent);
      if (provider !== undefined) expect(seen).toContain(provider);
      seen.add(each.urn);
      seen.add(`${each.urn}::${id}`);
    }
    expect([...seen]).toContainEqual(
      expect.stringContaining("pulumi:providers:digitalocean::default_4_80_1::"),
    );
  });

  it("a refresh reads of each the very thing that was made", async () => {
    await server.adopt();
    for (const [name, id] of server.ids) {
      if (MADE_AGAIN.includes(name)) continue;
      const { type, ...entry } = server.entry(name)!;
      const provider = await server.cloud.provider(type);
      const state = { inputs: entry.inputs ?? {}, outputs: entry.outputs ?? {} };
      const read = await provider.read(refOf(type, name), entry.id ?? "", state);
      expect(read?.id, name).toBe(id);
    }
  });

  it("a name that Pulumi made is kept, and so is whoever writes an object's fields", async () => {
    await server.adopt();
    expect(server.entry("postgres-cluster")?.inputs).toMatchObject({
      name: expect.stringMatching(/^postgres-cluster-[0-9a-f]{7}$/u),
      __defaults: ["name"],
    });
    expect(server.entry("environment-rails")).toMatchObject({
      id: "mastodon/environment-rails-5f0a9c3e",
      inputs: {
        metadata: {
          name: "environment-rails-5f0a9c3e",
          annotations: { "pulumi.com/autonamed": "true" },
        },
      },
      outputs: { __fieldManager: "pulumi-kubernetes-1a2b3c4d", __initialApiVersion: "v1" },
    });
  });

  it("the server is remembered as one that lives: no empty database, no migration again", async () => {
    await server.adopt();
    const { running } = server.entry("mastodon-prod")?.outputs as { readonly running: Properties };
    expect(running).toEqual(PLAN.outputs["running"]);
  });

  it("the key of the media's bucket goes on being used: no pod is made anew for another one", async () => {
    await server.adopt();
    expect(server.entry("media-r2-key")).toMatchObject({
      id: server.ids.get("media-r2-key"),
      outputs: { value: { plaintext: expect.stringMatching(/^"sha256:[0-9a-f]{64}"$/u) } },
    });
  });

  it("no secret is printed, and none is written in the clear", async () => {
    await server.adopt();
    expect(server.said).not.toContain(SECRET_MARK);
    const text = JSON.stringify(server.written, (key: string, value: unknown) =>
      key === "plaintext" ? "" : value,
    );
    expect(text).not.toContain(SECRET_MARK);
  });
});

describe("a state that lacks something", () => {
  /** The lost state after adoption, without these. */
  const without = (...names: readonly string[]) => {
    const all = server.written!;
    const kept = all.deployment.resources!.filter(
      ({ urn }) => !names.some((name) => urn.endsWith(`::${name}`)),
    );
    server.state = { ...all, deployment: { ...all.deployment, resources: kept } };
    server.written = undefined;
    return kept;
  };

  it("only that is looked for and taken in, and all else stays as it is", async () => {
    await server.adopt();
    const kept = without("postgres-cluster", "postgres-database");
    expect(await server.adopt(), server.said).toBe(true);
    const added = resources().slice(kept.length);
    expect(resources().slice(0, kept.length)).toEqual(kept);
    expect(added.map(({ urn }) => urn.split("::").at(-1))).toEqual([
      "postgres-cluster",
      "postgres-database",
    ]);
    expect(added[1]?.id).toBe(`${server.ids.get("postgres-cluster")},mastodon`);
  });

  it("a name limits the look; what it hangs on and the state lacks is named", async () => {
    await server.adopt();
    without("postgres-cluster", "postgres-database");
    expect(await server.adopt(["postgres-database"])).toBe(false);
    expect(server.said).toContain("no readable clusterId of it is known");
    expect(server.written).toBeUndefined();
    expect(await server.adopt(["postgres-cluster"]), server.said).toBe(true);
    expect(server.entry("postgres-database")).toBeUndefined();
  });

  it("a name that the program has not is refused", async () => {
    await expect(server.adopt(["postgres-x"])).rejects.toThrow("has no resource postgres-x");
  });

  it("an update that was cut off is for `npm run recover`", async () => {
    const resource = { urn: "urn:x", type: "digitalocean:index/vpc:Vpc" };
    const pending_operations = [{ type: "creating", resource }];
    server.state = { version: 3, deployment: { resources: [], pending_operations } };
    await expect(server.adopt()).rejects.toThrow("npm run recover");
  });

  it("a first update that failed is remembered as no server that lived", async () => {
    const migration = server.objects.get("migrate-post-deployment")!;
    server.objects.set("migrate-post-deployment", []);
    await server.adopt();
    const [stack] = resources();
    server.state = { version: 3, deployment: { resources: [{ ...stack!, outputs: {} }] } };
    await server.adopt();
    expect(server.entry("mastodon-prod")?.outputs).toEqual({});
    server.objects.set("migrate-post-deployment", migration);
    await server.adopt();
    expect(server.entry("mastodon-prod")?.outputs).toHaveProperty("running");
  });
});

describe("an outage that is taken for nothing there: what lives would be made twice", () => {
  it.each([401, 403, 429, 503] as const)("%i of a cloud: nothing is written", async (status) => {
    for (const face of [server.rest.digitalocean, server.rest.cloudflare]) {
      const off = face.faults.add({ does: { kind: "answer", status } });
      expect(await server.adopt()).toBe(false);
      off();
    }
    expect(server.said).toContain(`it answered ${status}`);
    expect(server.written).toBeUndefined();
  });

  it.each([401, 403, 503] as const)("%i of the cluster: nothing is written", async (status) => {
    server.clusterStatus = status;
    expect(await server.adopt()).toBe(false);
    expect(server.said).toMatch(new RegExp(`^unknown .*it answered ${status}`, "mu"));
    expect(server.written).toBeUndefined();
  });
});

describe("two things of which one is meant", () => {
  it("both are shown, and the answer decides", async () => {
    const vpc = PLAN.resources.find(({ name }) => name === "network-vpc")!;
    const other = await server.cloud.make(vpc.type, vpc.name, {
      ...vpc.inputs,
      ipRange: "10.99.0.0/20",
    });
    expect(await server.adopt()).toBe(false);
    expect(server.said).toMatch(/^ask +network-vpc \(Vpc\): 2 fit/mu);
    expect(server.written).toBeUndefined();
    const id = server.ids.get("network-vpc")!;
    await expect(server.adopt([], { "network-vpc": "neither" })).rejects.toThrow("it is none of");
    expect(await server.adopt([], { "network-vpc": id }), server.said).toBe(true);
    expect(server.entry("network-vpc")?.id).toBe(id);
    await server.cloud.remove(other);
  });

  it("another stack's database carries another tag, and is not taken", async () => {
    const postgres = PLAN.resources.find(({ name }) => name === "postgres-cluster")!;
    const tag = await server.cloud.make(TAG, "other", {});
    const { privateNetworkUuid: _, ...inputs } = postgres.inputs;
    const other = await server.cloud.make(postgres.type, postgres.name, {
      ...inputs,
      tags: [tag.id],
    });
    expect(await server.adopt(), server.said).toBe(true);
    expect(server.entry("postgres-cluster")?.id).toBe(server.ids.get("postgres-cluster"));
    await server.cloud.remove(other);
  });
});
