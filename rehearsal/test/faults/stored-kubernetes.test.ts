import { beforeEach, describe, expect, it } from "vitest";
import { storingProvider } from "../../faults/kubernetes-provider.ts";
import { StoredClusters } from "../../faults/object-store.ts";
import type { ConfiguredProvider, Properties } from "../../providers/provider.ts";

const SEED = new Uint8Array([7]);
const OPTIONS = { preview: false, timeoutSeconds: 0 };

function refOf(type: string, name = "it") {
  return { urn: `urn:pulumi:prod::mastodon::${type}::${name}`, type, name };
}
const CONFIG_MAP = refOf("kubernetes:core/v1:ConfigMap");
const DEPLOYMENT = refOf("kubernetes:apps/v1:Deployment");
const PRIORITY = refOf("kubernetes:scheduling.k8s.io/v1:PriorityClass");

let clusters: StoredClusters;
let provider: ConfiguredProvider;
beforeEach(async () => {
  clusters = new StoredClusters();
  await clusters.create("one");
  provider = await to("one");
});

async function to(clusterId: string): Promise<ConfiguredProvider> {
  const kubeconfig = JSON.stringify({ users: [{ user: { exec: { args: ["get", clusterId] } } }] });
  return await storingProvider(clusters).configure({ kubeconfig });
}

async function checked(news: Properties, olds?: Properties): Promise<Properties> {
  return (await provider.check(CONFIG_MAP, olds, news, SEED)).inputs;
}

const named = (name: string, more: Properties = {}): Properties => ({
  metadata: { name, namespace: "default" },
  ...more,
});

describe("an object that an update made and then forgot", () => {
  it("is in the way of the next create, in the API server's words", async () => {
    const made = await provider.create(CONFIG_MAP, named("env"), OPTIONS);
    expect(made.id).toBe("default/env");
    await expect(provider.create(CONFIG_MAP, named("env"), OPTIONS)).rejects.toThrow(
      'configmaps "env" already exists',
    );
    await provider.create(PRIORITY, { metadata: { name: "high" } }, OPTIONS);
    await expect(
      provider.create(PRIORITY, { metadata: { name: "high" } }, OPTIONS),
    ).rejects.toThrow('priorityclasses.scheduling.k8s.io "high" already exists');
  });

  it("is found by its id, and gone when it is deleted", async () => {
    const { id, outputs } = await provider.create(CONFIG_MAP, named("env"), OPTIONS);
    const read = () => provider.read(CONFIG_MAP, id, { inputs: undefined, outputs: {} });
    expect(await read()).toEqual({ id, outputs, inputs: named("env") });
    await provider.delete(CONFIG_MAP, id, { inputs: {}, outputs }, 0);
    expect(await read()).toBeUndefined();
  });

  it("goes with its namespace, and comes into none that is not there", async () => {
    const namespace = refOf("kubernetes:core/v1:Namespace");
    const within = { metadata: { name: "env", namespace: "mastodon" } };
    await expect(provider.create(CONFIG_MAP, within, OPTIONS)).rejects.toThrow(/not found/u);
    await provider.create(namespace, { metadata: { name: "mastodon" } }, OPTIONS);
    await provider.create(CONFIG_MAP, within, OPTIONS);
    await provider.delete(namespace, "mastodon", { inputs: {}, outputs: {} }, 0);
    expect(clusters.store("one")?.all()).toEqual([]);
  });
});

describe("a name that the provider makes", () => {
  it("is another one for each object, and stays with the one that has it", async () => {
    const first = await checked({ metadata: { namespace: "default" } });
    expect(first["metadata"]).toMatchObject({
      name: expect.stringMatching(/^it-[0-9a-f]{8}$/u),
      annotations: { "pulumi.com/autonamed": "true" },
    });
    const later = await provider.check(CONFIG_MAP, first, { metadata: {} }, new Uint8Array([8]));
    expect(later.inputs["metadata"]).toMatchObject({
      name: (first["metadata"] as Properties)["name"],
    });
    const other = await provider.check(CONFIG_MAP, undefined, {}, new Uint8Array([8]));
    expect(other.inputs["metadata"]).not.toEqual(first["metadata"]);
  });
});

describe("a change", () => {
  const diff = (ref: typeof DEPLOYMENT, before: Properties, after: Properties) =>
    provider.diff(ref, "default/it", { inputs: before, outputs: {} }, after, []);

  it("is made in place where the real provider does it, and replaces where it must", async () => {
    const two = named("web", { spec: { replicas: 2, selector: { app: "web" } } });
    const three = named("web", { spec: { replicas: 3, selector: { app: "web" } } });
    expect(await diff(DEPLOYMENT, two, two)).toMatchObject({ changes: false });
    expect(await diff(DEPLOYMENT, two, three)).toMatchObject({
      replaces: [],
      detailed: { "spec.replicas": "update" },
    });
    const [old, next] = [named("env", { data: { a: "1" } }), named("env", { data: { a: "2" } })];
    expect(await diff(CONFIG_MAP, old, next)).toMatchObject({
      replaces: ["data"],
      deleteBeforeReplace: true,
    });
  });
});

describe("a cluster whose API does not answer", () => {
  it("is no cluster whose objects are gone", async () => {
    provider = await to("another");
    const state = { inputs: {}, outputs: {} };
    await expect(provider.read(CONFIG_MAP, "default/env", state)).rejects.toThrow(/unreachable/u);
  });
});

describe("a way back", () => {
  it("brings the objects back as they were, as often as one likes", async () => {
    await provider.create(CONFIG_MAP, named("env"), OPTIONS);
    const back = clusters.snapshot();
    for (const name of ["later", "again"]) {
      await provider.create(CONFIG_MAP, named(name), OPTIONS);
      await provider.delete(CONFIG_MAP, "default/env", { inputs: {}, outputs: {} }, 0);
      back();
      expect(clusters.store("one")?.all()).toMatchObject([{ name: "env" }]);
    }
    await clusters.destroy("one");
    back();
    expect(clusters.store("one")?.all()).toMatchObject([{ name: "env" }]);
  });
});
