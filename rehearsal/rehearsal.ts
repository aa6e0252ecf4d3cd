import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseConfig } from "../input/parse.ts";
import { zoneOf } from "../domain/hosts.ts";
import program from "../index.ts";
import { PUBLIC_URL } from "../k8s/preflight-script.ts";
import { ScaledClock } from "./clouds/clock.ts";
import { cloudflareProvider, digitaloceanProvider } from "./clouds/providers.ts";
import { openRest, type RestFaces } from "./clouds/rest/open.ts";
import { World } from "./clouds/world.ts";
import { Databases } from "./data/databases.ts";
import { Internet } from "./data/internet.ts";
import { type CloudPlugin, installCloudPlugins } from "./engine/cloud-plugins.ts";
import { type LeashedEngine, leashEngine } from "./engine/leashed-engine.ts";
import { installKubernetesPlugin } from "./engine/kubernetes-plugin.ts";
import { RehearsedStack } from "./engine/rehearsed-stack.ts";
import { type AddressSource, freeAddress } from "./data/loopback.ts";
import { type ClusterGround, ControlPlanes } from "./kubernetes/backend.ts";
import { makeDoctl } from "./kubernetes/doctl.ts";
import type { Surroundings } from "./node/ground.ts";
import { readStackFile } from "../plan/stack-file.ts";
import { ClustersWithRunners } from "./pods/clusters-with-runners.ts";
import { Processes } from "./processes.ts";
import { serveProviders } from "./providers/server.ts";
import { makeRunDirectory } from "./run-directory.ts";
import type { NamedSecret } from "./checks/secret-search.ts";
import type { Tools } from "./tools.ts";

/** Where the parts of a world stand. */
export interface WorldGround {
  /** Addresses of databases. */
  readonly vpc: AddressSource;
  /** Addresses of what stands for the Internet. */
  readonly internet: AddressSource;
  /** Clusters with real nodes, given what the nodes need of the world; undefined: kwok's. */
  readonly clusters?: (surroundings: Surroundings) => ClusterGround;
}

/** Loopback, and nodes that kwok plays: nobody else on the machine is in the way. */
export const LOOPBACK: WorldGround = { vpc: freeAddress, internet: freeAddress };

/** A whole world on this machine: clouds, cluster and databases to be, and the committed stack under the engine. */
export interface Rehearsal {
  readonly directory: string;
  /** What went wrong in the rehearsal's own parts, apart from the stack. */
  readonly faults: readonly string[];
  readonly world: World;
  /** The clouds' HTTP APIs over this world, where the real plugins ask them. */
  readonly rest: RestFaces | undefined;
  readonly clock: ScaledClock;
  readonly clusters: ControlPlanes;
  /** The pods whose programs run for real. */
  readonly runners: ClustersWithRunners;
  readonly databases: Databases;
  /** The Debian 13 that images are made of. */
  readonly imageRoot: string;
  /** Servers of this run: stopped with it. */
  readonly processes: Processes;
  readonly internet: Internet;
  /** Host name to loopback address of everything that a pod may ask for, for its `/etc/hosts`. */
  readonly hosts: () => ReadonlyMap<string, string>;
  readonly stack: RehearsedStack;
  /** The engine, to be killed in mid-air. */
  readonly engine: LeashedEngine;
  /** The config secrets of this run, and what encrypts them, by name. */
  readonly secrets: readonly NamedSecret[];
  /** Stops everything that was started and removes what was written. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens a world and makes the stack in it, without any resource yet. `closable` is told how to close it as soon as there is something to
 * close: whoever interrupts the opening must be able to, too.
 * @param plugins the clouds' real plugins. If unset, the simulated providers are attached.
 */
export async function openRehearsal(
  tools: Tools,
  projectDirectory: string,
  closable: (close: () => Promise<void>) => void,
  ground: WorldGround = LOOPBACK,
  plugins?: readonly CloudPlugin[],
): Promise<Rehearsal> {
  const directory = await makeRunDirectory();
  const processes = new Processes();
  const kubernetes = join(directory, "kubernetes");
  const databases = new Databases({
    directory: join(directory, "databases"),
    processes,
    addresses: ground.vpc,
    root: tools.imageRoot,
  });
  const hosts = (): ReadonlyMap<string, string> => new Map([...world.hosts(), ...internet.hosts]);
  const trustStore = () => databases.publicRoots();
  const clusters = new ControlPlanes({
    binary: tools.kubernetes,
    directory: kubernetes,
    processes,
    ...(ground.clusters && {
      ground: ground.clusters({ directory, processes, trustStore, hosts }),
    }),
  });
  const clock = new ScaledClock();
  const faults: string[] = [];
  const publicHost = new URL(PUBLIC_URL).hostname;
  const internet = await Internet.open(
    publicHost,
    await databases.publicCertificate([publicHost]),
    ground.internet,
  );
  const runners = new ClustersWithRunners(clusters, {
    directory: join(directory, "pods"),
    hosts,
    root: tools.imageRoot,
    trustStore,
    failed: (error) => faults.push(error instanceof Error ? error.message : String(error)),
  });
  // Programs of pods run on their nodes where these are real.
  const backend = ground.clusters === undefined ? runners : clusters;
  const world: World = new World({ clusters: backend, databases, clock });
  const config = parseConfig(readStackFile());
  // The zone that the stack file means is there before the first update, made by hand.
  world.zones.set(config.cloudflare.zoneId, {
    name: zoneOf(config) ?? config.webDomain,
    accountId: config.cloudflare.accountId,
  });
  world.zonePlans.set(config.cloudflare.zoneId, config.cloudflare.plan);
  const rest = plugins && (await openRest(world));
  const providers = await serveProviders(
    plugins === undefined ? [digitaloceanProvider(world), cloudflareProvider(world)] : [],
  );
  const engine = await leashEngine(tools.engineRoot, directory);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      await engine.kill();
      await providers.stop();
      await rest?.close();
      await runners.stopRunners();
      await internet.disconnect();
      await clusters.stopAll(); // At once; the others are given a moment each.
      await processes.stopAll();
      // What was being made when we were told to stop may still write a file while we remove its folder.
      await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    })());
  closable(close);
  try {
    const passphrase = randomBytes(24).toString("base64url");
    const [home, path] = [join(directory, "home"), join(directory, "path")];
    await installKubernetesPlugin(tools.kubernetes, home);
    if (plugins && rest) await installCloudPlugins(home, plugins, rest);
    await makeDoctl(path, kubernetes);
    const stack = await RehearsedStack.open({
      engineRoot: engine.root,
      projectDirectory,
      directory,
      home,
      path,
      stackName: "prod",
      program,
      debugProviders: providers.debugProviders,
      passphrase,
    });
    const { values } = await stack.secrets();
    const secrets = [
      ...Object.entries(values).map(([name, value]) => ({ name, value })),
      { name: "state passphrase", value: passphrase },
    ];
    return {
      directory,
      get faults() {
        const gaps = [rest?.digitalocean, rest?.cloudflare].flatMap(
          (face) => face?.notModelled ?? [],
        );
        return [...faults, ...gaps];
      },
      world,
      rest,
      clock,
      clusters,
      runners,
      databases,
      imageRoot: tools.imageRoot,
      processes,
      internet,
      hosts,
      stack,
      engine,
      secrets,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
