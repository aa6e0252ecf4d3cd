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
import { openR2, type S3Ground } from "./state/r2.ts";
import { openSpaces } from "./state/spaces.ts";
import type { S3Server } from "./state/s3-server.ts";
import { serveProviders } from "./providers/server.ts";
import { makeRunDirectory } from "./run-directory.ts";
import type { NamedSecret } from "./checks/secret-search.ts";
import type { Tools } from "./tools.ts";

/** Addresses and nodes for the parts of a world. */
export interface WorldGround {
  /** Addresses of databases. */
  readonly vpc: AddressSource;
  /** Addresses that simulate the Internet. */
  readonly internet: AddressSource;
  /** Creates clusters with real nodes from the nodes' surroundings. If undefined: kwok's nodes. */
  readonly clusters?: (surroundings: Surroundings) => ClusterGround;
}

/**
 * Loopback addresses and nodes that kwok simulates: they can't conflict with anything on the
 * machine.
 */
export const LOOPBACK: WorldGround = { vpc: freeAddress, internet: freeAddress };

/**
 * A whole world on this machine: simulated clouds, cluster and databases, and the committed stack
 * under the engine.
 */
export interface Rehearsal {
  readonly directory: string;
  /** Faults in the rehearsal's own parts, apart from the stack. */
  readonly faults: readonly string[];
  readonly world: World;
  /** The clouds' HTTP APIs over this world, for the real plugins. */
  readonly rest: RestFaces | undefined;
  readonly clock: ScaledClock;
  readonly clusters: ControlPlanes;
  /** The pods whose programs really run. */
  readonly runners: ClustersWithRunners;
  readonly databases: Databases;
  /** The Debian 13 root file system from which images are built. */
  readonly imageRoot: string;
  /** Servers of this run, stopped at its end. */
  readonly processes: Processes;
  readonly internet: Internet;
  /** R2's S3, as pods reach it. */
  readonly objects: S3Server;
  /** Host name to loopback address of every host that a pod may resolve, for its `/etc/hosts`. */
  readonly hosts: () => ReadonlyMap<string, string>;
  readonly stack: RehearsedStack;
  /** The engine, which a drill can kill at any moment. */
  readonly engine: LeashedEngine;
  /** The secrets in this run's configuration and the keys that encrypt them, by name. */
  readonly secrets: readonly NamedSecret[];
  /** Stops everything that was started and removes its files. It may be called twice. */
  close(): Promise<void>;
}

/**
 * Opens a world and creates the stack in it, without any resource yet. `closable` receives the
 * close function as soon as there is something to close, so that an interruption during the opening
 * can clean up, too.
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
  const hosts = (): ReadonlyMap<string, string> =>
    new Map([...world.hosts(), ...internet.hosts, ...r2.hosts, ...spaces.hosts()]);
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
  // If the nodes are real, the programs of pods run on them.
  const backend = ground.clusters === undefined ? runners : clusters;
  const world: World = new World({ clusters: backend, databases, clock });
  const config = parseConfig(readStackFile());
  // The zone of the stack file exists before the first update, as if created by hand.
  world.zones.set(config.cloudflare.zoneId, {
    name: zoneOf(config) ?? config.webDomain,
    accountId: config.cloudflare.accountId,
  });
  const s3: S3Ground = {
    certificate: (names) => databases.publicCertificate(names),
    addresses: ground.internet,
    directory: join(directory, "objects"),
  };
  const r2 = await openR2(world, config.cloudflare.accountId, s3);
  const spaces = await openSpaces(world, s3);
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
      await r2.server.stop();
      await spaces.server.stop();
      await clusters.stopAll(); // All at the same time; the others get a moment each.
      await processes.stopAll();
      // Processes that were stopped in the middle may still write a file while this removes their
      // folder.
      await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    })());
  closable(close);
  try {
    const passphrase = randomBytes(24).toString("base64url");
    const [home, path] = [join(directory, "home"), join(directory, "path")];
    await installKubernetesPlugin(tools.kubernetes, home);
    if (plugins && rest) await installCloudPlugins(home, plugins, rest);
    await makeDoctl(path, kubernetes);
    const stack = await RehearsedStack.open(
      {
        engineRoot: engine.root,
        projectDirectory,
        directory,
        path,
        stackName: "prod",
        program,
        debugProviders: providers.debugProviders,
      },
      { home, passphrase },
    );
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
        return [...faults, ...gaps, ...r2.server.notModelled, ...spaces.server.notModelled];
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
      objects: r2.server,
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
