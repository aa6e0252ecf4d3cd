import { CoreV1Api, type V1EndpointSlice } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { NAMESPACE, SERVICES, serviceUrl } from "../../../config/topology.ts";
import { LiveOrigins } from "../../edge/live-origins.ts";
import type { PodServer } from "../../pods/pod-server.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

const DELETED_AT = new Date("2026-11-29T00:00:00Z");

/** A pod's server behind a socket that is named after the pod. */
const serverOf = (uid: string): PodServer | undefined =>
  uid === "unknown" ? undefined : ({ door: async () => `/${uid}.sock` } as unknown as PodServer);

/** Assets in the middle of a rollout: both pods are new, and both old ones are being deleted. */
async function originsWith(named: () => readonly string[]): Promise<LiveOrigins> {
  const pod = (name: string, deletionTimestamp?: Date) => ({
    metadata: { name, uid: name, deletionTimestamp },
    spec: { containers: [] },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  });
  const slice = (): V1EndpointSlice => ({
    addressType: "IPv4",
    metadata: { labels: { "kubernetes.io/service-name": "assets" } },
    ports: [{ name: "http", port: 8080 }],
    endpoints: named().map((name) => ({
      addresses: [],
      conditions: { ready: true },
      targetRef: { name, uid: name },
    })),
  });
  const core = {
    listNamespacedPod: async () => ({
      items: [pod("old", DELETED_AT), pod("new")],
    }),
    listNamespacedService: async () => ({
      items: [
        {
          metadata: { name: "assets", namespace: NAMESPACE },
          spec: { ports: [{ name: "http", port: SERVICES.assets.port }] },
        },
      ],
    }),
  };
  const discovery = { listNamespacedEndpointSlice: async () => ({ items: [slice()] }) };
  const origins = new LiveOrigins({
    config: {
      makeApiClient: (api: unknown) => (api === CoreV1Api ? core : discovery) as never,
    },
    namespace: NAMESPACE,
    serverOf,
    ground: { hosts: new Map(), root: "", trustStore: "" },
    directory: temporaryFolder("live-origins"),
  });
  await origins.refresh();
  return origins;
}

const askedFor = async (origins: LiveOrigins) =>
  (await origins.backendOf(serviceUrl(SERVICES.assets), "10.244.0.9"))?.pod;

test("a pod that was told to go is asked while its Service still names it: else nobody would be", async () => {
  expect(await askedFor(await originsWith(() => ["old"]))).toBe("old");
});

test("a pod that its Service no longer names is not asked, however old the look at the cluster is", async () => {
  let named = ["old"];
  const origins = await originsWith(() => named);
  named = ["new"];
  expect([await askedFor(origins), await askedFor(origins)]).toEqual(["new", "new"]);
});

test("a Service that names nobody has nobody who answers", async () => {
  expect(await askedFor(await originsWith(() => []))).toBeUndefined();
});
