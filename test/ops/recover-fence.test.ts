import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectorTokenOf } from "../../cdn/connector-token.ts";
import { runRecover } from "../../ops/recover/command.ts";
import type { StackExport, StateResource } from "../../ops/recover/state.ts";
import { connect, connectorsOf } from "../../rehearsal/clouds/cloudflare/connectors.ts";
import { removeCluster } from "../../rehearsal/clouds/digitalocean/doks.ts";
import { openRest, type RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import type { Properties } from "../../rehearsal/providers/provider.ts";
import { ACCOUNT, Cloud, ZONE, type Made } from "../../rehearsal/test/clouds/cloud.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { shop } from "./shop.ts";
import { recoverWorld, stateCli } from "./recover-world.ts";

/** `npm run recover -- fence` and `-- old-clusters`: an old world that wakes up must not serve. */

const OLD_SECRET = Buffer.alloc(32, "old").toString("base64");
const STACK_TAG = "network-stack-1";
const NODE_TAG = "network-nodes-1";

let cloud: Cloud;
let rest: RestFaces;
let made: Record<"vpc" | "cluster" | "tunnel" | "mediaKey" | "spaceKey" | "maker", Made>;
let place: ReturnType<typeof shop>;
let said: string;
let state: StackExport;
let written: StackExport | undefined;
/** Called at each pause of the wait for connectors. */
let meanwhile: () => unknown;

const urnOf = (type: string, name: string): string => `urn:pulumi:prod::mastodon::${type}::${name}`;
const PROVIDER = urnOf("pulumi:providers:kubernetes", "cluster-kubernetes");

beforeEach(async () => {
  cloud = new Cloud();
  cloud.world.zones.set(ZONE, { accountId: ACCOUNT, name: "social.example" });
  const vpc = await cloud.make(types.VPC, "net", types.vpcInputs);
  const clusterInputs = { ...types.clusterInputs, vpcUuid: vpc.id, tags: [STACK_TAG] };
  const tunnelInputs = { accountId: ACCOUNT, name: "mastodon", tunnelSecret: OLD_SECRET };
  const limited = { grants: [{ bucket: "media", permission: "readwrite" }] };
  const maker = await types.withSpacesKeys(cloud);
  await cloud.make(types.SPACES_BUCKET, "space", types.spaceInputs);
  made = {
    vpc,
    cluster: await cloud.make(types.CLUSTER, "doks", clusterInputs),
    tunnel: await cloud.make(types.TUNNEL, "tunnel", tunnelInputs),
    mediaKey: await cloud.make(types.ACCOUNT_TOKEN, "media-r2-key", types.tokenInputs),
    spaceKey: await cloud.make(types.SPACES_KEY, "media-space-key", limited),
    maker,
  };
  rest = await openRest(cloud.world);
  place = shop();
  [said, written, meanwhile] = ["", undefined, () => {}];
  state = liveState();
  for (const address of ["203.0.113.1", "203.0.113.2"])
    if (!connect(cloud.world, tokenWith(OLD_SECRET), address)) throw new Error("not connected");
});
afterEach(async () => {
  await rest.close();
});

const tokenWith = (secret: string): string =>
  connectorTokenOf({ accountId: ACCOUNT, tunnelId: made.tunnel.id, secret });

function liveState(): StackExport {
  const custom = (
    type: string,
    name: string,
    id: string,
    inputs: Properties = {},
    more: Partial<StateResource> = {},
  ): StateResource => ({ urn: urnOf(type, name), type, id, inputs, ...more });
  const { vpc, cluster, tunnel, mediaKey, spaceKey, maker } = made;
  return {
    version: 3,
    deployment: {
      resources: [
        custom(types.VPC, "network-vpc", vpc.id),
        custom(types.TAG, "network-nodes", NODE_TAG),
        custom(types.TAG, "network-stack", STACK_TAG),
        custom(types.DATABASE, "postgres-cluster", "pg", { tags: [STACK_TAG] }),
        custom(types.FIREWALL, "postgres-firewall", "wall", {
          clusterId: "pg",
          rules: [{ type: "tag", value: NODE_TAG }],
        }),
        custom(types.CLUSTER, "cluster-doks", cluster.id),
        custom("pulumi:providers:kubernetes", "cluster-kubernetes", "p", {
          clusterIdentifier: cluster.id,
        }),
        custom("kubernetes:apps/v1:Deployment", "web", "web", {}, { provider: `${PROVIDER}::p` }),
        custom(types.TUNNEL, "tunnel-tunnel", tunnel.id, { accountId: ACCOUNT }),
        custom(types.ACCOUNT_TOKEN, "media-r2-key", mediaKey.id, { accountId: ACCOUNT }),
        custom(types.SPACES_KEY, "media-space-key", spaceKey.id, {
          grants: [{ bucket: "media", permission: "readwrite" }],
        }),
        custom(types.SPACES_KEY, "media-space-maker", maker.id, types.fullKeyInputs),
      ],
    },
  };
}

async function recover(...args: readonly string[]): Promise<boolean> {
  const cli = stateCli(
    () => state,
    (after) => (written = after),
  );
  const world = recoverWorld(rest, {
    say: (text) => (said += `${text}\n`),
    pulumi: () => (command, input) =>
      command[0] === "stack" ? cli(command, input) : place.pulumi.run(command, input),
    cwd: place.cwd,
    wait: () => Promise.resolve(meanwhile()),
  });
  return await runRecover(args, world);
}

const namesIn = (exported: StackExport | undefined): readonly string[] =>
  (exported?.deployment.resources ?? []).map(({ urn }) => urn.split("::").at(-1) ?? "");
const connected = () => connectorsOf(cloud.world, made.tunnel.id).length;
const clusters = () => cloud.world.find(types.CLUSTER).map(({ id }) => id);

describe("an old world that wakes up while a new one serves", () => {
  it("its connectors are closed and come in no more; the secret that comes in is the stack file's", async () => {
    expect(await recover("fence", "--yes"), said).toBe(true);
    expect(connected()).toBe(0);
    expect(connect(cloud.world, tokenWith(OLD_SECRET), "203.0.113.1")).toBe(false);
    const { tunnelSecret = "" } = (await place.held()).values;
    expect(connect(cloud.world, tokenWith(tunnelSecret), "198.51.100.1")).toBe(true);
  });

  it("its keys to the media have ended, and the one that makes Spaces lives", async () => {
    await recover("fence", "--yes");
    expect(cloud.world.get(types.ACCOUNT_TOKEN, made.mediaKey.id)).toBeUndefined();
    expect(cloud.world.get(types.SPACES_KEY, made.spaceKey.id)).toBeUndefined();
    expect(cloud.world.get(types.SPACES_KEY, made.maker.id)).toBeDefined();
  });

  it("the state forgets its cluster, its keys and the tag of its nodes: each is made anew", async () => {
    await recover("fence", "--yes");
    expect(namesIn(written)).toEqual([
      "network-vpc",
      "network-stack",
      "postgres-cluster",
      "postgres-firewall",
      "tunnel-tunnel",
      "media-space-maker",
    ]);
    expect(clusters()).toEqual([]);
    expect(said).toContain("npm run up -- --stack prod --refresh");
  });

  it("says what it does not prevent, and shows no secret", async () => {
    await recover("fence", "--yes");
    expect(said).toContain("Not prevented: a delivery that its Sidekiq is at in this second.");
    const { tunnelSecret = "none" } = (await place.held()).values;
    for (const secret of [OLD_SECRET, tunnelSecret]) expect(said).not.toContain(secret);
  });
});

describe("an old world that can't be reached", () => {
  const DELETE = { method: "DELETE", path: "/v2/kubernetes/clusters/{cluster_id}" } as const;

  it("is noted, and deleted at the first contact, it alone", async () => {
    const end = rest.digitalocean.faults.add({ ...DELETE, does: { kind: "answer", status: 503 } });
    expect(await recover("fence", "--yes"), said).toBe(true);
    expect(said).toMatch(/is not deleted: it answered 503.*npm run recover -- old-clusters/u);
    state = written!;
    expect(await recover("old-clusters", "--yes")).toBe(false);
    end();
    const other = { ...types.clusterInputs, name: "other", tags: ["else"], vpcUuid: made.vpc.id };
    const [theirs, ours] = [
      await cloud.make(types.CLUSTER, "theirs", other),
      await cloud.make(types.CLUSTER, "ours", { ...other, name: "ours", tags: [STACK_TAG] }),
    ];
    const resource = { urn: urnOf(types.CLUSTER, "cluster-doks"), type: types.CLUSTER };
    const resources = [...(written!.deployment.resources ?? []), { ...resource, id: ours.id }];
    state = { ...state, deployment: { resources } };
    expect(await recover("old-clusters", "--yes"), said).toBe(true);
    expect(clusters()).toEqual([theirs.id, ours.id]);
    expect(said).toMatch(/^old +doks\S*: \S+, made 20\S+ -?\d+ min ago, \$\d+/mu);
    said = "";
    expect(await recover("old-clusters", "--yes")).toBe(true);
    expect(said).toBe(
      "DigitalOcean has no cluster of this stack but the one that its state holds.\n",
    );
  });

  it("nothing is old while an update makes a cluster, or was cut off at it", async () => {
    const resource = { urn: urnOf(types.CLUSTER, "cluster-doks"), type: types.CLUSTER };
    const pending_operations = [{ type: "creating", resource }];
    state = { version: 3, deployment: { resources: [], pending_operations } };
    await expect(recover("old-clusters", "--yes")).rejects.toThrow("run `npm run recover` first");
    expect(clusters()).toEqual([made.cluster.id]);
  });
});

describe("a fence that is none", () => {
  it("connectors that stay stop it after a minute; the word that they are dead goes on", async () => {
    const stays = { id: "stays", originIp: "192.0.2.9", openedAt: "2026-11-28T12:00:00Z" };
    const { connectors } = cloud.world;
    connectors.set = (id) => Map.prototype.set.call(connectors, id, [stays]) as typeof connectors;
    let waited = 0;
    meanwhile = () => (waited += 1);
    await expect(recover("fence", "--yes")).rejects.toThrow(
      /^1 connection to the tunnel stay open, from 192\.0\.2\.9, so the old world may serve\..*--old-world-is-dead\.$/u,
    );
    expect(waited).toBe(29);
    expect(written).toBeUndefined();
    expect(clusters()).toEqual([made.cluster.id]);
    expect(await recover("fence", "--yes", "--old-world-is-dead"), said).toBe(true);
    expect(clusters()).toEqual([]);
  });

  it("connections that can't be closed stop it", async () => {
    rest.cloudflare.faults.add({
      method: "DELETE",
      path: "/accounts/{account_id}/cfd_tunnel/{tunnel_id}/connections",
      does: { kind: "answer", status: 503 },
    });
    await expect(recover("fence", "--yes")).rejects.toThrow(
      /connections are open; run this again/u,
    );
    expect(written).toBeUndefined();
  });

  it("an account that can't be asked stops it before anything is changed", async () => {
    rest.cloudflare.faults.add({ does: { kind: "answer", status: 403 } });
    await expect(recover("fence", "--yes")).rejects.toThrow(
      "Cloudflare's tunnel can't be read: it answered 403: the token may not ask this.",
    );
    expect(written).toBeUndefined();
    expect(connected()).toBe(2);
    expect((await place.held()).values).toEqual({});
  });

  it("another account's token, to which everything is missing, stops it before anything is changed", async () => {
    rest.digitalocean.faults.add({ does: { kind: "answer", status: 404 } });
    await expect(recover("fence", "--yes")).rejects.toThrow(
      "it may be another account's. Nothing was changed.",
    );
    expect(written).toBeUndefined();
    expect(connected()).toBe(2);
  });

  it("a cluster that is gone needs none", async () => {
    await removeCluster(cloud.world, cloud.world.get(types.CLUSTER, made.cluster.id)!);
    await expect(recover("fence", "--yes")).rejects.toThrow("Run `npm run recover -- cluster`.");
    expect(connected()).toBe(2);
  });

  it("is not put up without a yes", async () => {
    await expect(recover("fence")).rejects.toThrow("If it is meant, add --yes.");
    expect(connected()).toBe(2);
    expect(clusters()).toEqual([made.cluster.id]);
  });
});
