import { makeSecrets } from "../secrets/make.ts";
import { SecretStore } from "../secrets/store.ts";
import { acceptedToken, clusterPresence, ONCE, type Clouds } from "./clouds.ts";
import type { CommonOptions, RecoverWorld } from "./world.ts";
import { cutDatabases } from "./databases.ts";
import { ask, isAgainstToken, isMissing, ofToken, reasonOf, type Answer } from "./presence.ts";
import { isMeant, writeState } from "./rewrite.ts";
import { nameOf, readExport, type StateResource } from "./state.ts";
import { clustersOf, keysOf, nodeTagsOf, withoutOldWorld, type StateCluster } from "./taken-out.ts";
import { tunnelOf, type Tunnel } from "./tunnel.ts";

/** The command's options. */
interface Options extends CommonOptions {
  /** Whether connectors that stay, and databases that can't be cut off, are of no account. */
  readonly oldWorldIsDead: boolean;
  /**
   * Whether the databases stay behind with the cluster: nothing new is made on them, so one that
   * can't be cut off stops nothing. Default: no.
   */
  readonly leavesDatabases?: true;
}

/** Questions to Cloudflare whether a connector is left, a minute of them, and the pause between. */
const TRIES = 30;
const PAUSE_MS = 2_000;

/**
 * `npm run recover -- fence`. Shuts out a cluster that may come back, before another one replaces
 * it. Otherwise two would serve under one name. Each step is idempotent, so an interrupted command
 * is run again.
 *
 * First the tunnel gets a new secret, which applies to new connections only. Then its connections
 * are closed (https://developers.cloudflare.com/tunnel/reference/tunnel-tokens/). The keys to the
 * media are deleted. The databases admit nobody, and every connection to them is closed. A job of
 * the old Sidekiq then finds no database, and returns to the queue that both clusters share. Last,
 * the state drops the old cluster, so that a new one is created.
 * @returns whether the old cluster is shut out.
 * @throws Error in a sentence for the operator.
 */
export async function fence(options: Options, world: RecoverWorld): Promise<boolean> {
  const { stack, cwd, yes } = options;
  const before = await world.pulumi(cwd)(["stack", "export", "--stack", stack]);
  const state = readExport(before);
  const { resources = [] } = state.deployment;
  const clusters = clustersOf(resources);
  const tunnel = tunnelOf(resources, stack);
  if (clusters.length === 0) {
    world.say(
      `The state of the stack ${stack} holds no cluster to shut out; nothing was changed. What it held before: npm run recover -- old-clusters`,
    );
    return true;
  }
  const clouds = await world.clouds();
  await refuseGone(clusters, resources, clouds);
  // Of another account, every thing is missing: nothing would be cut off, and all be taken for it.
  const token = await acceptedToken("digitalocean", clouds, resources);
  if (token.kind !== "value" && isAgainstToken(token))
    throw new Error(`Of DigitalOcean: ${ofToken(token)}. Nothing was changed. Give the right one.`);
  must(await ask(() => tunnel.get(clouds), clouds.patience), "Cloudflare's tunnel can't be read");
  const keys = keysOf(resources);
  const tags = nodeTagsOf(resources).map(({ id }) => id);
  const names = clusters.map(({ name }) => name).join(", ");
  world.say(
    [
      `Shuts ${names} out of the stack ${stack}. Whatever it serves now, it stops serving:`,
      "  tunnel     another secret, and every connection closed",
      ...keys.map((key) => `  media      ${nameOf(key)} ends: neither read nor written by it`),
      `  databases  let nobody in until the next update, and then another tag than ${tags.join(", ")};`,
      "             other passwords, and the pools' connections are broken",
      `  cluster    leaves the state with all in it, and is deleted as soon as DigitalOcean does it`,
      "Not prevented: a delivery that its Sidekiq is at in this second.",
    ].join("\n"),
  );
  if (!(await isMeant(yes, "Shut it out?", world))) return false;
  await closeTunnel(tunnel, options, clouds, world);
  await endKeys(keys, clouds);
  await cut(resources, options, clouds, world);
  const { left } = withoutOldWorld(state, new Set(clusters.map(({ id }) => id)));
  const again = "npm run recover -- fence";
  await writeState({ stack, cwd, before, after: left, again }, world);
  for (const cluster of clusters) await deleteCluster(cluster, clouds, world);
  world.say(
    `The old world is shut out. Commit Pulumi.${stack}.yaml, then: npm run up -- --stack ${stack} --refresh`,
  );
  return true;
}

/** Cuts the databases off. Nobody can query or reach those in a region that is down. */
async function cut(
  resources: readonly StateResource[],
  { oldWorldIsDead, leavesDatabases }: Options,
  clouds: Clouds,
  { say }: RecoverWorld,
): Promise<void> {
  const { refused, failed } = await cutDatabases(resources, clouds);
  for (const line of refused) say(line);
  if (failed.length === 0) return;
  if (!oldWorldIsDead && leavesDatabases !== true)
    throw new Error(
      [
        ...failed,
        "The tunnel is closed, and the state is as before. Run this again. If it is certain that the old world reaches no database, add --old-world-is-dead.",
      ].join("\n"),
    );
  const why = oldWorldIsDead
    ? "Going on, as you said."
    : "Going on: they stay behind with the cluster.";
  for (const line of [...failed, why]) say(line);
}

/** Deletes a cluster, and says what became of that. Answers whether it is deleted. */
export async function deleteCluster(
  { id, name }: StateCluster,
  { digitalocean, patience }: Clouds,
  { say }: RecoverWorld,
): Promise<boolean> {
  const deleted = await ask(
    () => digitalocean.kubernetes.clusters.byCluster_id(id).delete({ options: [ONCE] }),
    patience,
  );
  const done = deleted.kind === "value" || isMissing(deleted);
  say(
    done
      ? `${name} is deleted.`
      : `${name} is not deleted: ${reasonOf(deleted)}. At the first contact with DigitalOcean run: npm run recover -- old-clusters`,
  );
  return done;
}

/** A cluster that is gone needs no fence. */
async function refuseGone(
  clusters: readonly StateCluster[],
  resources: readonly StateResource[],
  clouds: Clouds,
): Promise<void> {
  for (const { id, name } of clusters) {
    const { word } = await clusterPresence(id, clouds, resources);
    if (word === "gone")
      throw new Error(
        `The cluster ${name} is gone, so it can't wake up. Nothing was changed. Run \`npm run recover -- cluster\`.`,
      );
  }
}

/** Gives the tunnel another secret and closes its connections, until none comes back. */
export async function closeTunnel(
  tunnel: Tunnel,
  { stack, cwd, oldWorldIsDead }: Omit<Options, "yes">,
  clouds: Clouds,
  world: Pick<RecoverWorld, "pulumi" | "wait" | "say">,
): Promise<void> {
  const { patience } = clouds;
  const store = new SecretStore(cwd, stack, world.pulumi(cwd));
  const { tunnelSecret = "", ...others } = makeSecrets(["tunnelSecret"]);
  await store.write({ tunnelSecret, ...others }, await store.held());
  const again = "run this again, nothing else was changed";
  must(
    await ask(() => tunnel.setSecret(clouds, tunnelSecret), patience),
    `The tunnel has its old secret still; ${again}`,
  );
  let left: readonly string[] = [];
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await world.wait(PAUSE_MS);
    must(
      await ask(() => tunnel.close(clouds), patience),
      `The tunnel's connections are open; ${again}`,
    );
    const connected = await ask(() => tunnel.connected(clouds), patience);
    if (connected.kind !== "value") throw unknown(connected, `Who is connected? ${again}`);
    left = connected.value;
    if (left.length === 0) return;
  }
  const stays = `${left.length === 1 ? "1 connection" : `${left.length} connections`} to the tunnel stay open, from ${[...new Set(left)].join(", ")}`;
  if (!oldWorldIsDead)
    throw new Error(
      `${stays}, so the old world may serve. The tunnel has its new secret; nothing else was changed. If it is certain that they serve nobody, add --old-world-is-dead.`,
    );
  world.say(`${stays}; going on, as you said.`);
}

/** Deletes keys to buckets. One that is gone already is deleted. */
export async function endKeys(keys: readonly StateResource[], clouds: Clouds): Promise<void> {
  for (const key of keys) {
    const ended = await ask(() => endKey(key, clouds), clouds.patience);
    if (!isMissing(ended)) must(ended, `${nameOf(key)} can't be deleted; the tunnel is closed`);
  }
}

async function endKey(
  { type, id = "", inputs }: StateResource,
  { cloudflare, digitalocean }: Clouds,
): Promise<unknown> {
  return type.startsWith("cloudflare:")
    ? await cloudflare.accounts.tokens.delete(id, { account_id: String(inputs?.["accountId"]) })
    : await digitalocean.spaces.keys.byAccess_key(id).delete({ options: [ONCE] });
}

/** @throws Error unless the cloud did it. */
function must(answer: Answer<unknown>, what: string): void {
  if (answer.kind !== "value") throw unknown(answer, what);
}

function unknown(answer: Exclude<Answer<unknown>, { kind: "value" }>, what: string): Error {
  return new Error(`${what}: ${reasonOf(answer)}.`);
}
