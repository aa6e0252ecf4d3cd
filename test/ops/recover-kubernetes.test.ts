import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StackExport, StateResource } from "../../ops/recover/state.ts";
import { openRest, type RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { Cloud } from "../../rehearsal/test/clouds/cloud.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { pausedClock, recoverOver } from "./recover-world.ts";

/** An update that was interrupted while it created something inside the cluster. */

type Json = Record<string, unknown>;

/** A cluster's API that reads single objects. */
class Api {
  /** Objects by path. */
  readonly objects = new Map<string, Json>();
  readonly asked: string[] = [];
  /** If set, every request gets this status, or no answer. */
  disturbance: number | "silence" | undefined;
  readonly #server: Server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    this.asked.push(path);
    const send = (status: number, value: unknown): void =>
      void response
        .writeHead(status, { "content-type": "application/json" })
        .end(JSON.stringify(value));
    // Hung up on: its port, once closed, may be another server's a moment later.
    if (this.disturbance === "silence") return void request.socket.destroy();
    if (this.disturbance !== undefined) return send(this.disturbance, { kind: "Status" });
    const kinds = KINDS.filter((kind) => path === groupPath(kind.apiVersion));
    if (kinds.length > 0) return send(200, { kind: "APIResourceList", resources: kinds });
    const object = this.objects.get(path);
    return object === undefined ? send(404, { kind: "Status", code: 404 }) : send(200, object);
  });
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as { port: number };
    return `http://127.0.0.1:${port}`;
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
  put({ type, inputs }: StateResource, more: Json = {}): void {
    const { metadata, ...rest } = inputs as { metadata: Json };
    const creationTimestamp = "2026-11-28T11:50:00Z";
    this.objects.set(pathOf({ type, inputs: inputs! }), {
      ...rest,
      ...more,
      metadata: { ...metadata, creationTimestamp, ...(more["metadata"] as Json) },
    });
  }
}

const groupPath = (apiVersion: string): string =>
  apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;

/** Every kind of the plan. */
const planned = (await planStack()).resources.filter(({ type }) => type.startsWith("kubernetes:"));
const CLUSTER_WIDE = [
  "Namespace",
  "PriorityClass",
  "ClusterRole",
  "ClusterRoleBinding",
  "APIService",
];
const KINDS = [
  ...new Map(planned.map((each) => [each.type, each.inputs as Json] as const)).values(),
].map(({ apiVersion, kind }) => ({
  apiVersion: String(apiVersion),
  kind: String(kind),
  name: String(kind).toLowerCase().replace(/y$/u, "ie").replace(/s$/u, "se") + "s",
  namespaced: !CLUSTER_WIDE.includes(String(kind)),
}));

function pathOf({ type, inputs }: { readonly type: string; readonly inputs: Json }): string {
  const { apiVersion, name, namespaced } = KINDS.find(({ kind }) => type.endsWith(`:${kind}`))!;
  const { name: own, namespace } = inputs["metadata"] as Json;
  const where = namespaced ? `/namespaces/${String(namespace)}` : "";
  return `${groupPath(apiVersion)}${where}/${name}/${String(own)}`;
}

const PROVIDER = "urn:pulumi:prod::mastodon::pulumi:providers:kubernetes::cluster-kubernetes";

/** One of each type in the form of a pending create, with an autoname in its inputs. */
const PENDING: readonly StateResource[] = [
  ...new Map(planned.map((each) => [each.type, each] as const)).values(),
].map(({ type, name, urn, inputs }) => ({
  urn: urn.replace("pulumi:pulumi:Stack$", ""),
  type,
  provider: `${PROVIDER}::p1`,
  inputs: {
    ...inputs,
    metadata: { name: `${name}-0a1b2c3d`, ...((inputs as Json)["metadata"] as Json) },
  },
}));
const JOB = PENDING.find(({ type }) => type === "kubernetes:batch/v1:Job")!;
const COMPLETE = { status: { conditions: [{ type: "Complete", status: "True" }] } };

const api = new Api();
let cloud: Cloud;
let rest: RestFaces;
let clusterId: string;
let url: string;
let state: StackExport;
let written: StackExport | undefined;
let said: string;
let waits: number;
let whileWaiting: () => void;

beforeEach(async () => {
  cloud = new Cloud();
  clusterId = (await types.oneOfEach(cloud)).get(types.CLUSTER)!.id;
  rest = await openRest(cloud.world);
  url = await api.open();
  api.objects.clear();
  api.asked.splice(0);
  api.objects.set("/api/v1/namespaces/kube-system", { metadata: { name: "kube-system" } });
  api.disturbance = undefined;
  [written, said, waits, whileWaiting] = [undefined, "", 0, () => {}];
});
afterEach(async () => {
  await api.close();
  await rest.close();
});

function cutOffAt(resource: StateResource, ...resources: readonly StateResource[]): void {
  const kubeconfig = JSON.stringify({
    "current-context": "mastodon",
    clusters: [{ name: "mastodon", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    contexts: [{ name: "mastodon", context: { cluster: "mastodon", user: "doctl" } }],
    users: [{ name: "doctl", user: { token: "any" } }],
  });
  const provider = {
    urn: PROVIDER,
    type: "pulumi:providers:kubernetes",
    id: "p1",
    inputs: { kubeconfig, clusterIdentifier: clusterId },
  };
  const vpc = cloud.world.find(types.VPC, () => true)[0]!;
  const network = { urn: "urn:vpc", type: types.VPC, id: vpc.id };
  state = {
    version: 3,
    deployment: {
      resources: [network, provider, ...resources],
      pending_operations: [{ type: "creating", resource }],
    },
  };
}

async function recover(...args: readonly string[]): Promise<boolean> {
  return await recoverOver(rest, args, {
    state: () => state,
    write: (after) => (written = after),
    say: (text) => (said += `${text}\n`),
    ...pausedClock(() => {
      waits += 1;
      whileWaiting();
    }),
  });
}

const inState = (urn: string) => (written?.deployment.resources ?? []).filter((r) => r.urn === urn);
const idOf = ({ type, inputs }: StateResource): string => {
  const { name, namespace } = (inputs as { metadata: Json }).metadata;
  const wide = CLUSTER_WIDE.some((kind) => type.endsWith(`:${kind}`));
  return wide ? String(name) : `${String(namespace)}/${String(name)}`;
};

describe("what an update made in the cluster before it was cut off: a second one, or a refusal", () => {
  it("every type of the plan is tried here", () => {
    expect(PENDING).toHaveLength(new Set(planned.map(({ type }) => type)).size);
    expect(PENDING.length).toBeGreaterThanOrEqual(18);
  });

  it.each(PENDING.map((one) => [one.type, one] as const))("%s is adopted", async (_, one) => {
    cutOffAt(one);
    api.put(one, COMPLETE);
    expect(await recover("--yes"), said).toBe(true);
    expect(inState(one.urn)).toMatchObject([{ ...one, id: idOf(one), outputs: {} }]);
    expect(written?.deployment.pending_operations).toEqual([]);
  });

  it.each(PENDING.map((one) => [one.type, one] as const))(
    "%s is dropped where it was not made",
    async (_, one) => {
      cutOffAt(one);
      expect(await recover("--yes"), said).toBe(true);
      expect(inState(one.urn)).toEqual([]);
      expect(written).toBeDefined();
    },
  );

  it("an object of the same name that is another's is not taken over unasked", async () => {
    const [one] = PENDING;
    cutOffAt(one!);
    api.put(one!, { metadata: { labels: {} } });
    expect(await recover("--yes")).toBe(false);
    expect(said).toMatch(/ask .*has not the program's label app\.kubernetes\.io/u);
    expect(written).toBeUndefined();
    const name = one!.urn.split("::").at(-1);
    expect(await recover("--yes", "--adopt", `${name}=${idOf(one!)}`), said).toBe(true);
    expect(inState(one!.urn)).toHaveLength(1);
  });
});

describe("a Job of a migration beside the first one", () => {
  it("one that still runs is waited for, and only then adopted", async () => {
    cutOffAt(JOB);
    api.put(JOB);
    whileWaiting = () => {
      expect(written).toBeUndefined();
      if (waits === 3) api.put(JOB, COMPLETE);
    };
    expect(await recover("--yes"), said).toBe(true);
    expect(waits).toBe(3);
    expect(said).toContain("its Job still runs");
    expect(inState(JOB.urn)).toHaveLength(1);
  });

  it("one that runs for longer than the wait: nothing is changed, and how to wait longer", async () => {
    cutOffAt(JOB);
    api.put(JOB);
    expect(await recover("--yes", "--wait", "1")).toBe(false);
    expect(waits).toBe(6);
    expect(said).toMatch(/waited for 1 minutes. Nothing was changed. Run this again, with --wait/u);
    expect(written).toBeUndefined();
    await expect(recover("--wait", "long")).rejects.toThrow(/no number of minutes.*--wait 90/u);
  });

  it("one that failed has ended", async () => {
    cutOffAt(JOB);
    api.put(JOB, { status: { conditions: [{ type: "Failed", status: "True" }] } });
    expect(await recover("--yes"), said).toBe(true);
    expect([waits, inState(JOB.urn).length]).toEqual([0, 1]);
  });

  const before = { ...JOB, id: "mastodon/before", outputs: { held: true } };

  it("one that was to replace an older one takes its place; the next update deletes that", async () => {
    const old = { ...before, created: "2026-11-01T00:00:00Z" };
    const dependent = { urn: "urn:after", type: "kubernetes:batch/v1:Job", id: "mastodon/after" };
    cutOffAt(JOB, old, dependent);
    api.put(JOB, COMPLETE);
    expect(await recover("--yes"), said).toBe(true);
    expect(inState(JOB.urn)).toMatchObject([{ id: idOf(JOB) }, { ...old, delete: true }]);
    expect(written?.deployment.resources?.at(-1)).toMatchObject(dependent);
  });

  it("one that an update before left is older than the state's own, and stays an orphan", async () => {
    cutOffAt(JOB, { ...before, created: "2026-11-28T11:55:00Z" });
    api.put(JOB, COMPLETE);
    expect(await recover("--yes"), said).toBe(true);
    expect(inState(JOB.urn)).toMatchObject([{ id: before.id }]);
    expect(said).toMatch(/orphan[\s\S]*left over: /u);
  });
});

describe("a cluster that does not answer", () => {
  it.each([401, 403, 404, 503])("%i to everything: unknown, nothing is changed", async (status) => {
    cutOffAt(JOB);
    api.disturbance = status;
    expect(await recover("--yes")).toBe(false);
    expect(said).toMatch(/^unknown .*cluster's API/mu);
    expect(said).toContain(`kubectl get job ${idOf(JOB).split("/")[1]} -n mastodon`);
    expect(written).toBeUndefined();
  });

  it("silence is unknown while DigitalOcean has the cluster, and nothing once it is gone", async () => {
    cutOffAt(JOB);
    api.disturbance = "silence";
    expect(await recover("--yes")).toBe(false);
    expect(written).toBeUndefined();
    cloud.world.remove(cloud.world.get(types.CLUSTER, clusterId)!);
    expect(await recover("--yes"), said).toBe(true);
    expect(inState(JOB.urn)).toEqual([]);
  });

  it("a person who has looked by kubectl can answer all the same", async () => {
    cutOffAt(JOB);
    api.disturbance = 403;
    const name = JOB.urn.split("::").at(-1);
    expect(await recover("--yes", "--adopt", `${name}=none`), said).toBe(true);
    expect(inState(JOB.urn)).toEqual([]);
  });
});
