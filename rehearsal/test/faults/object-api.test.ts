import { KubeConfig, KubernetesObjectApi } from "@kubernetes/client-node";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openObjectApi, type ObjectApi } from "../../faults/object-api.ts";
import { StoredClusters } from "../../faults/object-store.ts";
import { Secret } from "../../../plan/values.ts";

let api: ObjectApi;
let clusters: StoredClusters;
beforeEach(async () => {
  clusters = new StoredClusters();
  api = await openObjectApi((id) => clusters.store(id));
  await clusters.create("one");
  const store = clusters.store("one")!;
  const named = (name: string) => ({ kind: "v1/Secret", namespace: "default", name });
  store.add({ ...named("keys"), content: { stringData: new Secret({ key: "value" }) } });
  store.add({ kind: "batch/v1/Job", namespace: "default", name: "migrate", content: {} });
  store.add({
    kind: "networking.k8s.io/v1/NetworkPolicy",
    namespace: "default",
    name: "deny",
    content: { spec: {} },
  });
});
afterEach(() => api.close());

function clientOf(cluster: string): KubernetesObjectApi {
  const config = new KubeConfig();
  config.loadFromString(
    JSON.stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "it" },
      clusters: [
        {
          name: "it",
          cluster: {
            server: `${api.url}/${cluster}`,
            "certificate-authority-data": btoa(api.caCertificate),
          },
        },
      ],
      users: [{ name: "it", user: { token: "any" } }],
      contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
    }),
  );
  return KubernetesObjectApi.makeApiClient(config);
}

const read = async (apiVersion: string, kind: string, name: string, cluster = "one") =>
  await clientOf(cluster).read({ apiVersion, kind, metadata: { name, namespace: "default" } });

it("an object that is there is found by the official client, and one that is not is a 404", async () => {
  expect(await read("v1", "Secret", "keys")).toMatchObject({
    metadata: { name: "keys", namespace: "default" },
  });
  expect(await read("networking.k8s.io/v1", "NetworkPolicy", "deny")).toMatchObject({ spec: {} });
  await expect(read("v1", "Secret", "others")).rejects.toMatchObject({ code: 404 });
});

it("the objects of a kind are listed as an API server lists them: of one namespace, without their kind", async () => {
  const store = clusters.store("one")!;
  store.add({ kind: "v1/Secret", namespace: "kube-system", name: "another", content: {} });
  const { items } = await clientOf("one").list("v1", "Secret", "default");
  expect(items.map(({ metadata }) => metadata?.name)).toEqual(["keys"]);
  expect(items[0]).not.toHaveProperty("kind");
  const all = await clientOf("one").list("v1", "Secret");
  expect(all.items.map(({ metadata }) => metadata?.name)).toEqual(["keys", "another"]);
});

it("an object that is deleted is gone", async () => {
  const header = { apiVersion: "batch/v1", kind: "Job" };
  const job = { ...header, metadata: { name: "migrate", namespace: "default" } };
  await clientOf("one").delete(job, undefined, undefined, undefined, undefined, "Background");
  await expect(read("batch/v1", "Job", "migrate")).rejects.toMatchObject({ code: 404 });
});

it("a Job has ended, so that nobody waits for it", async () => {
  expect(await read("batch/v1", "Job", "migrate")).toMatchObject({
    status: { conditions: [{ type: "Complete", status: "True" }] },
  });
});

it("a cluster that is not there, or away, gives no answer that says gone", async () => {
  await expect(read("v1", "Secret", "keys", "two")).rejects.toMatchObject({ code: 503 });
  clusters.away = true;
  await expect(read("v1", "Secret", "keys")).rejects.toMatchObject({ code: 503 });
});
