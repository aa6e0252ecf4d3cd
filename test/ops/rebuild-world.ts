import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stringify } from "yaml";
import type { OpenCluster } from "../../ops/adopt/in-cluster.ts";
import type { RunPulumi } from "../../ops/secrets/pulumi.ts";
import type { StackPlan } from "../../ops/adopt/planned.ts";
import type { StackExport, StateResource } from "../../ops/recover/state.ts";
import { runRebuild } from "../../ops/rebuild/command.ts";
import type { Engine, Outside, RebuildWorld } from "../../ops/rebuild/world.ts";
import { folder } from "../../ops/state/bucket.ts";
import type { CloudObject } from "../../rehearsal/clouds/cloud-object.ts";
import { removeCluster } from "../../rehearsal/clouds/digitalocean/doks.ts";
import { openRest, type RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import { ACCOUNT, Cloud, ZONE, type Made } from "../../rehearsal/test/clouds/cloud.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { BASE } from "../config/base.ts";
import { FakePulumi } from "./fake-pulumi.ts";
import { cloudsAt, recoverWorld, stateCli } from "./recover-world.ts";

/** A server in memory that is lost in parts, and brought back by `npm run rebuild`. */

/** The domain of the tests' configuration. */
export const DOMAIN = String(BASE["domain"]);

/** URN of a resource of the tests' stack. */
export const urnOf = (type: string, name: string): string =>
  `urn:pulumi:prod::mastodon::${type}::${name}`;

const STACK = "pulumi:pulumi:Stack";
const PROVIDER = "pulumi:providers:kubernetes";

/** A scene with both clouds, a state, an engine and a visitor. */
export class Scene {
  readonly cloud = new Cloud();
  made: ReadonlyMap<string, Made> = new Map();
  rest!: RestFaces;
  directory = "";
  said = "";
  state: StackExport = { version: 3, deployment: { resources: [] } };
  /** Times that a state was written, and updates made. */
  written = 0;
  updates = 0;
  /** Failure of the cluster's API; undefined: it answers. */
  apiFailure: Error | undefined;
  /** Called before an update: may throw, as a kill does. */
  beforeUp: () => void = () => undefined;
  /** Result of the second preview. */
  changes: Readonly<Partial<Record<string, number>>> = { same: 100 };
  /** Names that the second preview replaces or deletes. */
  harmed: readonly string[] = [];
  /** Fields of a visitor's answers. */
  key = "the server's public key";
  isServing = true;
  typed: string | undefined;
  /** Parts of the world that a test replaces. */
  given: Partial<RebuildWorld> = {};
  #files: FakePulumi | undefined;
  #now = Date.parse("2026-11-28T12:00:00.000Z");

  /**
   * Opens the scene with all that an update left.
   * @param more settings of the stack file.
   */
  async open(more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    this.cloud.world.zones.set(ZONE, { accountId: ACCOUNT, name: "social.example" });
    this.made = await types.oneOfEach(this.cloud);
    this.rest = await openRest(this.cloud.world);
    this.directory = await mkdtemp(join(tmpdir(), "mastodon-rebuild-test-"));
    await mkdir(join(this.directory, "bucket"));
    await writeFile(join(this.directory, "Pulumi.prod.yaml"), stackFile(more));
    this.state = this.#liveState();
  }

  async close(): Promise<void> {
    await this.rest.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  idOf(type: string): string {
    return this.made.get(type)?.id ?? "";
  }

  /** Deletes a thing at its cloud. */
  async lose(type: string): Promise<void> {
    const object = this.cloud.world.get(type, this.idOf(type));
    if (object === undefined) throw new Error(`The world has no ${type}.`);
    if (type === types.CLUSTER) await removeCluster(this.cloud.world, object);
    else this.cloud.world.remove(object);
    if ([types.CLUSTER, types.DATABASE, types.TUNNEL].includes(type)) this.isServing = false;
  }

  /** Types `npm run rebuild -- …`. */
  async type(...args: readonly string[]): Promise<boolean> {
    this.said = "";
    return await runRebuild(args, this.world());
  }

  /** The only Valkey. */
  get valkey(): CloudObject | undefined {
    return this.cloud.world.find(types.DATABASE, ({ engine }) => engine === "valkey")[0];
  }

  /** Current text of the stack file. */
  async stackFile(): Promise<string> {
    return await readFile(join(this.directory, "Pulumi.prod.yaml"), "utf8");
  }

  resources(): readonly StateResource[] {
    return this.state.deployment.resources ?? [];
  }

  names(): readonly string[] {
    return this.resources().map(({ urn }) => urn.split("::").at(-1) ?? "");
  }

  world(): RebuildWorld {
    const cli = stateCli(
      () => this.state,
      (after) => {
        this.written += 1;
        this.state = after;
      },
    );
    // One for all worlds: it alone opens what it has encrypted.
    const files = (this.#files ??= new FakePulumi(this.directory));
    const pulumi: RunPulumi = async (args, input) =>
      args[0] === "config" ? await files.run(args, input) : await cli(args, input);
    const bucket = folder(`${pathToFileURL(join(this.directory, "bucket")).href}?metadata=skip`);
    const objects = {
      answers: () =>
        this.apiFailure === undefined ? Promise.resolve("") : Promise.reject(this.apiFailure),
    };
    const cluster = () => Promise.resolve({ objects } as unknown as OpenCluster);
    // The state lacks nothing that the program has.
    const plan = () => Promise.resolve({ resources: [], outputs: {} } as unknown as StackPlan);
    return {
      ...recoverWorld(this.rest, {
        say: (text) => (this.said += `${text}\n`),
        pulumi: () => pulumi,
        cwd: this.directory,
        // As long as for an operator: a loaded machine must not look like an outage.
        clouds: () => cloudsAt(this.rest, 20_000),
      }),
      program: { plan, cluster },
      plan,
      cluster,
      now: () => new Date(this.#now),
      wait: (milliseconds) => {
        this.#now += milliseconds;
        return Promise.resolve();
      },
      url: undefined,
      account: () => Promise.resolve(undefined),
      cloudflare: () => Promise.reject(new Error("R2 is not asked here.")),
      bucket: () => Promise.resolve(bucket),
      ask: () => Promise.resolve(this.typed),
      engine: this.#engine(),
      outside: this.#outside(),
      pod: () => Promise.reject(new Error("No pod is made here.")),
      ...this.given,
    };
  }

  /** Lets time pass. */
  pass(minutes: number): void {
    this.#now += minutes * 60_000;
  }

  #engine(): Engine {
    return {
      preview: () =>
        Promise.resolve({
          ...{ failure: undefined, failed: [] },
          ...{ changes: this.changes, harmed: this.harmed },
        }),
      up: async (_place, told) => {
        this.updates += 1;
        this.beforeUp();
        const has = (type: string): boolean => this.resources().some((each) => each.type === type);
        if (!has(types.CLUSTER)) await this.#makeCluster();
        for (const [type, name] of [
          [types.CLUSTER, "cluster-doks"],
          [types.NODE_POOL, "cluster-workloads"],
          ["kubernetes:batch/v1:Job", "streaming-grants"],
          ["kubernetes:batch/v1:Job", "rollout"],
          ["kubernetes:batch/v1:Job", "migrate-post-deployment"],
        ] as const) {
          this.pass(1);
          told({ resOutputsEvent: { metadata: { op: "create", urn: urnOf(type, name), type } } });
        }
        this.isServing = true;
        return { failure: undefined, failed: [], changes: {}, harmed: [] };
      },
    };
  }

  async #makeCluster(): Promise<void> {
    const cluster = await this.cloud.make(types.CLUSTER, "doks", {
      ...types.clusterInputs,
      vpcUuid: this.idOf(types.VPC),
    });
    const found = { id: cluster.id, outputs: { name: "cluster-doks-2" } };
    this.#add(custom(urnOf(types.CLUSTER, "cluster-doks"), found));
    this.#add(
      custom(urnOf(PROVIDER, "cluster-kubernetes"), {
        id: "another-provider",
        inputs: { clusterIdentifier: cluster.id },
      }),
    );
  }

  #add(resource: StateResource): void {
    const { deployment } = this.state;
    this.state = {
      ...this.state,
      deployment: { ...deployment, resources: [...(deployment.resources ?? []), resource] },
    };
  }

  #outside(): Outside {
    const address = `https://${DOMAIN}/users/alice`;
    const pages: Readonly<Record<string, unknown>> = {
      "/health": "OK",
      "/api/v2/instance": { domain: DOMAIN, contact: { account: { acct: "alice" } } },
      "/.well-known/webfinger": { links: [{ rel: "self", href: address }] },
      "/actor": { publicKey: { publicKeyPem: "the instance's key" } },
      "/users/alice": { publicKey: { publicKeyPem: this.key } },
    };
    return {
      resolve: () => Promise.resolve(["192.0.2.1"]),
      handshake: () => Promise.resolve(401),
      get: (url) => {
        if (!this.isServing) return Promise.resolve({ status: 530, text: "" });
        const page = pages[new URL(url).pathname];
        return Promise.resolve(
          page === undefined
            ? { status: 404, text: "" }
            : { status: 200, text: typeof page === "string" ? page : JSON.stringify(page) },
        );
      },
    };
  }

  /** A state with all that has a night. */
  #liveState(): StackExport {
    const clusterId = this.idOf(types.CLUSTER);
    const provider = urnOf(PROVIDER, "cluster-kubernetes");
    const of = (type: string, name: string, more: Partial<StateResource> = {}): StateResource =>
      custom(urnOf(type, name), { ...inputsOf(this.made.get(type)), id: this.idOf(type), ...more });
    const kept = Object.fromEntries(
      ["network-vpc", "cluster-doks", "cluster-workloads", "valkey-cluster", "tunnel-tunnel"].map(
        (name) => [name, {}],
      ),
    );
    const running = { data: { since: "2025-03-02", epoch: 1 }, kept };
    return {
      version: 3,
      deployment: {
        resources: [
          { urn: urnOf(STACK, "mastodon-prod"), type: STACK, outputs: { running } },
          of(types.TAG, "network-stack"),
          of(types.VPC, "network-vpc"),
          of(types.DATABASE, "postgres-cluster"),
          custom(urnOf(types.DATABASE, "valkey-cluster"), {
            id: this.valkey?.id ?? "",
            inputs: { engine: "valkey" },
            outputs: { name: "valkey-cluster-1" },
          }),
          of(types.CLUSTER, "cluster-doks", { outputs: { name: "cluster-doks-1" } }),
          of(types.NODE_POOL, "cluster-workloads"),
          custom(provider, { id: "provider", inputs: { clusterIdentifier: clusterId } }),
          custom(urnOf("kubernetes:apps/v1:Deployment", "web"), {
            provider: `${provider}::provider`,
          }),
          of(types.TUNNEL, "tunnel-tunnel"),
          of(types.RECORD, "records-web"),
          of(types.R2_BUCKET, "media-r2-bucket"),
          of(types.R2_CUSTOM_DOMAIN, "media-host"),
        ],
      },
    };
  }
}

function custom(urn: string, more: Partial<StateResource> = {}): StateResource {
  return { urn, type: urn.split("::")[2] ?? "", id: urn, ...more };
}

function inputsOf(made: Made | undefined): Partial<StateResource> {
  return made === undefined
    ? {}
    : {
        inputs: made.inputs as NonNullable<StateResource["inputs"]>,
        outputs: made.outputs as NonNullable<StateResource["outputs"]>,
      };
}

function stackFile(more: Readonly<Record<string, unknown>>): string {
  // The clouds of `standard.ts` are there.
  const config = Object.fromEntries(
    Object.entries({ ...BASE, region: "fra1", ...more }).map(([key, value]) => [
      `mastodon:${key}`,
      value,
    ]),
  );
  return stringify({ config });
}

/**
 * A world in which the command is killed at its nth step: before or after the effect of a call.
 * From then on every call fails, as nothing runs in a process that is dead.
 */
export function mortalWorld(world: RebuildWorld, kills: number): RebuildWorld {
  let steps = 0;
  const beat = (): void => {
    if (steps++ >= kills) throw new Error("killed");
  };
  const mortal =
    <In extends readonly unknown[], Out>(call: (...given: In) => Promise<Out>) =>
    async (...given: In): Promise<Out> => {
      beat();
      const out = await call(...given);
      beat();
      return out;
    };
  return {
    ...world,
    say: (text) => {
      beat();
      world.say(text);
    },
    pulumi: (cwd) => mortal(world.pulumi(cwd)),
    bucket: async () => {
      const bucket = await world.bucket();
      return { ...bucket, write: mortal(bucket.write) };
    },
    engine: { preview: mortal(world.engine.preview), up: mortal(world.engine.up) },
  };
}
