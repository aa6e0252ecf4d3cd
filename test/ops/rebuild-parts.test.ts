import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StackExport } from "../../ops/recover/state.ts";
import { DATABASE_MEMBERS } from "../../config/topology.ts";
import { runRebuild } from "../../ops/rebuild/command.ts";
import type { Engine } from "../../ops/rebuild/world.ts";
import type { RunPulumi } from "../../ops/secrets/pulumi.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { DOMAIN, mortalWorld, Scene } from "./rebuild-world.ts";

/** The other nights of `npm run rebuild`. */

let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  await scene.open();
});
afterEach(async () => {
  await scene.close();
});

describe("the state is gone", () => {
  /** The state's file is gone; the CLI knows no stack until one is imported. */
  async function loseState(copy: StackExport | undefined): Promise<void> {
    const { pulumi } = scene.world();
    let isThere = false;
    const run: RunPulumi = async (args, input) => {
      if (args[1] === "import") isThere = true;
      if (args[1] === "export" && !isThere) throw new Error("no stack named 'prod' found");
      return args[1] === "init" ? "" : await pulumi(scene.directory)(args, input);
    };
    scene.given = { pulumi: () => run };
    if (copy === undefined) return;
    const file = ".pulumi/history/mastodon/prod/prod-1.checkpoint.json";
    const path = join(scene.directory, "bucket", file);
    await mkdir(dirname(path), { recursive: true });
    const latest = { ...copy.deployment, manifest: { time: "2026-11-28T11:00:00Z" } };
    await writeFile(path, JSON.stringify({ version: 3, checkpoint: { latest } }));
  }

  it("the newest whole copy takes its place, and the server serves all the while", async () => {
    await loseState(scene.state);
    expect(await scene.type()).toBe(false);
    expect(scene.said).toContain('This is the night "state".');
    expect(await scene.type("state", "--yes", DOMAIN), scene.said).toBe(true);
    expect(scene.said).toContain("the server serves all the while");
    expect(scene.written).toBe(1);
  });

  it("a preview that replaces something stops before the update", async () => {
    await loseState(scene.state);
    scene.harmed = ["web", "valkey-cluster"];
    await expect(scene.type("state", "--yes", DOMAIN)).rejects.toThrow(
      "The next update would replace or delete what serves: web, valkey-cluster. Nothing was updated.",
    );
    expect(scene.updates).toBe(0);
  });

  it("a state that is whole is not touched", async () => {
    await expect(scene.type("state", "--yes", DOMAIN)).rejects.toThrow(
      "Nothing is lost. example.social has all that its last update left. Nothing was changed.",
    );
  });
});

describe("something at Cloudflare is gone", () => {
  it.each([
    ["a record", types.RECORD],
    ["a media host", types.R2_CUSTOM_DOMAIN],
    ["the tunnel", types.TUNNEL],
  ])("%s: one update, and the cluster is not touched", async (_name, type) => {
    await scene.lose(type);
    expect(await scene.type()).toBe(false);
    expect(scene.said).toContain('This is the night "edge".');
    expect(await scene.type("edge", "--yes", DOMAIN), scene.said).toBe(true);
    expect(scene.updates).toBe(1);
    expect(scene.said).toContain("Lost: nothing.");
    expect(scene.names()).toContain("web");
  });

  it("the update may make another tunnel: its memory of the first one is gone", async () => {
    await scene.lose(types.TUNNEL);
    await scene.type("edge", "--yes", DOMAIN);
    const stack = scene.resources().find(({ type }) => type === "pulumi:pulumi:Stack");
    expect(JSON.stringify(stack?.outputs)).not.toContain("tunnel-tunnel");
  });

  it("a bucket: its files are named as lost before the question", async () => {
    await scene.lose(types.R2_BUCKET);
    await expect(scene.type("edge")).rejects.toThrow("--yes example.social");
    expect(scene.said).toContain("Lost: what was in bucket media");
  });
});

describe("a database", () => {
  it("Valkey is gone: its jobs are named as lost, and the update may make another", async () => {
    const { valkey } = scene;
    if (valkey !== undefined) scene.cloud.world.remove(valkey);
    expect(await scene.type()).toBe(false);
    expect(scene.said).toContain('This is the night "database".');
    expect(await scene.type("database", "--yes", DOMAIN), scene.said).toBe(true);
    expect(scene.said).toContain("Lost: jobs that waited");
    const stack = scene.resources().find(({ type }) => type === "pulumi:pulumi:Stack");
    expect(JSON.stringify(stack?.outputs)).not.toContain("valkey-cluster");
    expect(scene.said).toContain("feeds build --all");
  });

  it("Postgres is there: nothing is done, and the freshest way is named first", async () => {
    await expect(scene.type("database", "--yes", DOMAIN)).rejects.toThrow(
      /is there\. Nothing was changed\..*freshest way first:\n {2}1\. Point in time/u,
    );
    expect(scene.updates).toBe(0);
  });

  /** A cluster as DigitalOcean's control panel forks it. */
  async function fork(): Promise<string> {
    const made = await scene.cloud.make(types.DATABASE, "fork", {
      ...types.postgresInputs,
      privateNetworkUuid: scene.idOf(types.VPC),
    });
    const inFork = { clusterId: made.id };
    await scene.cloud.make(types.DB, "db", { ...inFork, name: DATABASE_MEMBERS.database });
    for (const name of [DATABASE_MEMBERS.application, DATABASE_MEMBERS.streaming])
      await scene.cloud.make(types.USER, name, { ...inFork, name });
    return made.id;
  }

  it("a fork is taken over: Sidekiq stands still until the server is as before", async () => {
    const id = await fork();
    const files: string[] = [];
    const { engine } = scene.world();
    const up: Engine["up"] = async (...given) => {
      files.push(await scene.stackFile());
      return await engine.up(...given);
    };
    scene.given = { engine: { ...engine, up } };
    expect(await scene.type("database", "--cluster", id, "--yes", DOMAIN), scene.said).toBe(true);
    expect(files).toHaveLength(2);
    expect(files[0]).toMatch(new RegExp(`stopped:\\s+- sidekiq`, "u"));
    expect(files[0]).toContain(id);
    expect(files[1]).not.toContain("stopped");
    expect(files[1]).toContain("former: keep");
    expect(scene.said).toContain("Commit Pulumi.prod.yaml before any deploy.");
  });

  it("killed and typed again: the number rises once", async () => {
    const id = await fork();
    for (let kills = 0; kills < 40; kills += 5)
      await runRebuild(
        ["database", "--cluster", id, "--yes", DOMAIN],
        mortalWorld(scene.world(), kills),
      ).catch(() => undefined);
    expect(await scene.type("database", "--cluster", id, "--yes", DOMAIN), scene.said).toBe(true);
    expect(await scene.stackFile()).toContain("number: 2");
  });

  it("one that can't be taken over is refused, with every reason", async () => {
    const id = scene.valkey?.id ?? "";
    await expect(scene.type("database", "--cluster", id, "--yes", DOMAIN)).rejects.toThrow(
      "can't be taken over; nothing was changed",
    );
    expect(scene.updates).toBe(0);
  });
});

describe("left-overs", () => {
  const tagged = { tags: ["nodes"] };

  async function leave(type: string, inputs: object): Promise<string> {
    const [tag] = scene.cloud.world.find(types.TAG);
    const made = await scene.cloud.make(type, "left", {
      ...inputs,
      ...tagged,
      tags: [String(tag?.properties["name"])],
    });
    return made.id;
  }

  it("are listed with their price, and nothing is deleted without being named", async () => {
    const id = await leave(types.CLUSTER, types.clusterInputs);
    expect(await scene.type("orphans")).toBe(false);
    expect(scene.said).toContain(`--delete ${id}`);
    expect(scene.said).toMatch(/Together \$\d/u);
    expect(scene.cloud.world.find(types.CLUSTER)).toHaveLength(2);
  });

  it("a cluster is deleted by its id and the domain", async () => {
    const id = await leave(types.CLUSTER, types.clusterInputs);
    await expect(scene.type("orphans", "--delete", id)).rejects.toThrow("--yes example.social");
    expect(await scene.type("orphans", "--delete", id, "--yes", DOMAIN), scene.said).toBe(true);
    expect(scene.cloud.world.get(types.CLUSTER, id)).toBeUndefined();
    expect(scene.cloud.world.find(types.CLUSTER)).toHaveLength(1);
  });

  it("the cluster that serves is none of them", async () => {
    await leave(types.CLUSTER, types.clusterInputs);
    const own = scene.idOf(types.CLUSTER);
    await expect(scene.type("orphans", "--delete", own, "--yes", DOMAIN)).rejects.toThrow(
      "is none of them. Nothing was changed.",
    );
  });

  it("a network of a world that is left behind is named, though nothing is billed for it", async () => {
    const { id } = await scene.cloud.make(types.VPC, "network-vpc", {
      ...types.vpcInputs,
      ipRange: "10.99.0.0/20",
    });
    const tag = await scene.cloud.make(types.TAG, "network-nodes", {});
    expect(await scene.type("orphans"), scene.said).toBe(true);
    expect(scene.said).toContain(`doctl vpcs delete ${id}`);
    expect(scene.said).toContain(`doctl compute tag delete ${tag.id}`);
    expect(scene.said).not.toContain(`doctl vpcs delete ${scene.idOf(types.VPC)}`);
  });

  it("a database is never deleted from here", async () => {
    const id = await leave(types.DATABASE, types.postgresInputs);
    await expect(scene.type("orphans", "--delete", id, "--yes", DOMAIN)).rejects.toThrow(
      "It may hold data, and its backups go with it. If nothing uses it: doctl databases delete",
    );
    expect(scene.cloud.world.get(types.DATABASE, id)).toBeDefined();
  });
});
