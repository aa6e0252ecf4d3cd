import { randomBytes } from "node:crypto";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseConfig } from "../../input/parse.ts";
import { zoneOf } from "../../domain/hosts.ts";
import program from "../../index.ts";
import { ScaledClock } from "../clouds/clock.ts";
import { FakeDatabases } from "../clouds/fake-backends.ts";
import { cloudflareProvider, digitaloceanProvider } from "../clouds/providers.ts";
import { World } from "../clouds/world.ts";
import { makeDoctl, writeExecCredential } from "../kubernetes/doctl.ts";
import { leashEngine, type LeashedEngine } from "../engine/leashed-engine.ts";
import type { StateResource } from "../engine/operation.ts";
import { RehearsedStack } from "../engine/rehearsed-stack.ts";
import {
  lettingGo,
  rememberFingerprints,
  withoutDebugLines,
  withoutTraces,
} from "../engine/thrift.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { serveProviders } from "../providers/server.ts";
import { watchedCalls, type Watcher } from "./calls.ts";
import { storingProvider } from "./kubernetes-provider.ts";
import { openObjectApi } from "./object-api.ts";
import { StoredClusters } from "./object-store.ts";

/**
 * The committed stack under the real engine in seconds. The clouds' clock stands at 0, databases
 * only remember requests, and Kubernetes only stores objects. It shows what an update leaves in the
 * clouds and in the state. It does not show that anything runs.
 */
export interface FastWorld {
  readonly world: World;
  readonly clusters: StoredClusters;
  readonly stack: RehearsedStack;
  readonly engine: LeashedEngine;
  readonly directory: string;
  /** The resources in the state's file, their secrets encrypted: no command is started for it. */
  resources(): readonly StateResource[];
  /** Watches every call of the engine from now on, instead of the last watcher. */
  watch(watcher: Watcher): void;
  /** The clouds, the objects and the state as they are at this instant, to go back to. */
  branch(): () => void;
  /** Writes the stack file as it was at the beginning. */
  restoreFile(): void;
  /** Stops the engine and the servers. Safe to call twice. */
  close(): Promise<void>;
}

/** As much of the state's file as is read here (pulumi/pulumi v3.259.0 `apitype.CheckpointV3`). */
interface Checkpoint {
  readonly checkpoint: { readonly latest?: { readonly resources?: readonly StateResource[] } };
}

/**
 * Opens it empty, with the stack made and its secrets in it.
 * @param engineRoot the folder that holds `bin/pulumi`.
 * @param directory a folder of this world alone; removed at its close.
 */
export async function openFastWorld(
  engineRoot: string,
  projectDirectory: string,
  directory: string,
): Promise<FastWorld> {
  rememberFingerprints();
  withoutDebugLines();
  const [path, kubernetes] = [join(directory, "path"), join(directory, "kubernetes")];
  const api = await openObjectApi((id) => clusters.store(id));
  const clusters = new StoredClusters({
    to: (id) => ({ endpoint: `${api.url}/${id}`, caCertificate: api.caCertificate }),
    admit: async (id, token) => {
      await mkdir(join(kubernetes, id), { recursive: true });
      await writeExecCredential(join(kubernetes, id), token);
    },
  });
  await makeDoctl(path, kubernetes);
  const world = new World({
    clusters,
    databases: new FakeDatabases(),
    clock: new ScaledClock(0),
  });
  const config = parseConfig(readStackFile());
  world.zones.set(config.cloudflare.zoneId, {
    name: zoneOf(config) ?? config.webDomain,
    accountId: config.cloudflare.accountId,
  });
  world.zonePlans.set(config.cloudflare.zoneId, config.cloudflare.plan);
  let watcher: Watcher = () => {};
  const providers = await serveProviders(
    [digitaloceanProvider(world), cloudflareProvider(world), storingProvider(clusters)].map(
      (provider) => watchedCalls(provider, () => watcher),
    ),
  );
  const engine = await leashEngine(engineRoot, directory);
  const close = async (): Promise<void> => {
    await engine.kill();
    await providers.stop();
    await api.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const stack = await RehearsedStack.open(
      {
        engineRoot: engine.root,
        projectDirectory,
        directory,
        path,
        stackName: "prod",
        program: lettingGo(withoutTraces(program)),
        debugProviders: providers.debugProviders,
      },
      { home: join(directory, "home"), passphrase: randomBytes(24).toString("base64url") },
    );
    const file = readFileSync(stack.stackFile);
    const state = join(directory, "state");
    const checkpoint = join(state, ".pulumi", "stacks", "mastodon", "prod.json");
    let branches = 0;
    return {
      world,
      clusters,
      stack,
      engine,
      directory,
      resources: () => {
        const { latest } = (JSON.parse(readFileSync(checkpoint, "utf8")) as Checkpoint).checkpoint;
        return latest?.resources ?? [];
      },
      watch: (next) => {
        watcher = next;
      },
      branch: () => {
        const toWorld = world.snapshot();
        const toObjects = clusters.snapshot();
        const saved = join(directory, "branches", String(branches++));
        // At once: what the engine writes later belongs to answers that it has not had yet.
        cpSync(state, saved, { recursive: true });
        return () => {
          toWorld();
          toObjects();
          rmSync(state, { recursive: true, force: true });
          cpSync(saved, state, { recursive: true });
        };
      },
      restoreFile: () => writeFileSync(stack.stackFile, file),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
