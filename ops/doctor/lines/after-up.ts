import { basename } from "node:path";
import type { StackConfig } from "../../../config/schema.ts";
import { dumpFaults } from "../../backup/check.ts";
import { ageIn, dumpAddressOf, dumpsIn, newestGood } from "../../backup/dumps.ts";
import { r2Bucket } from "../../state/bucket.ts";
import { fix, ok, skip, type Judgement, type Line } from "../line.ts";
import type { Scene } from "../scene.ts";

/** A server that runs, as a visitor and another server meet it. Before the first `up` they wait. */

/** An answer of a server; undefined: no update has ended yet. */
type Served = { readonly fault: string | undefined; readonly well: string } | undefined;

const later = skip("no update has ended yet");

/** A judgement of what a visitor sees. */
function served(seen: Served, cure: string): Judgement {
  if (seen === undefined) return later;
  return seen.fault === undefined ? ok(seen.well) : fix(seen.fault, cure);
}

/** The fault or the success of one check of `ops/rebuild/verify.ts`, by its name. */
async function fromOutside(scene: Scene, names: readonly string[]): Promise<Served> {
  if ((await scene.running()) === undefined) return undefined;
  const { faults, well } = await scene.fromOutside();
  const own = faults.filter((each) => names.some((name) => each.startsWith(`${name}: `)));
  if (own.length > 0) return { fault: `${own.join(".\n")}.`, well: "" };
  const passed = names.filter((name) => well.includes(name));
  if (passed.length === 0)
    throw new Error("it could not be asked, because the server names no contact");
  return { fault: undefined, well: passed.join(", ") };
}

export const edge: Line<Served> = {
  number: 31,
  name: "edge",
  checks: "after `up`: web answers through the edge",
  ask: (scene) => fromOutside(scene, ["DNS", "health"]),
  judge: (seen) => served(seen, "npm run rebuild (it says what is lost)"),
};

export const nodeinfo: Line<Served> = {
  number: 32,
  name: "nodeinfo",
  checks: "after `up`: NodeInfo names Mastodon, by which directories know the server",
  async ask(scene) {
    if ((await scene.running()) === undefined) return undefined;
    const { webDomain } = await scene.config();
    const get = async (url: string): Promise<unknown> => {
      const { status, text } = await scene.outside.get(url);
      if (status !== 200) throw new Answered(`${url}: it answered ${status}.`);
      return JSON.parse(text) as unknown;
    };
    try {
      const { links = [] } = (await get(`https://${webDomain}/.well-known/nodeinfo`)) as {
        readonly links?: readonly { readonly href?: string }[];
      };
      const { software } = (await get(links[0]?.href ?? "")) as {
        readonly software?: { readonly name?: string; readonly version?: string };
      };
      return software?.name === "mastodon"
        ? { fault: undefined, well: `Mastodon ${software.version ?? ""}` }
        : { fault: "NodeInfo does not name Mastodon.", well: "" };
    } catch (error) {
      if (error instanceof Answered) return { fault: error.message, well: "" };
      throw error;
    }
  },
  judge: (seen) => served(seen, "npm run rebuild (it says what is lost)"),
};

/** An answer of the server itself that is none of the wanted ones. */
class Answered extends Error {}

export const webfinger: Line<Served> = {
  number: 33,
  name: "webfinger",
  checks: "after `up`: WebFinger leads to an account, by which other servers find it",
  ask: (scene) => fromOutside(scene, ["webfinger"]),
  judge: (seen) => served(seen, "docs/edge.md (the redirect of the domain to the web domain)"),
};

export const streaming: Line<Served> = {
  number: 34,
  name: "streaming",
  checks: "after `up`: streaming answers a WebSocket",
  ask: (scene) => fromOutside(scene, ["streaming"]),
  judge: (seen) => served(seen, "kubectl --namespace mastodon logs deploy/streaming"),
};

export const database: Line<Served> = {
  number: 35,
  name: "database",
  checks: "after `up`: web answers out of its database, as the configured domain",
  ask: (scene) => fromOutside(scene, ["instance"]),
  judge: (seen) => served(seen, "npm run rebuild (it says what is lost)"),
};

type Dumps =
  | { readonly word: "later" }
  | { readonly word: "none made" }
  | { readonly word: "asked"; readonly faults: readonly string[]; readonly newest: string };

export const backup: Line<Dumps> = {
  number: 36,
  name: "backup",
  checks: "after `up`: the newest good dump is young",
  async ask(scene) {
    if ((await scene.running()) === undefined) return { word: "later" };
    const config: StackConfig = await scene.config();
    const address = dumpAddressOf(config);
    if (address === undefined || config.backup === undefined) return { word: "none made" };
    const bucket = r2Bucket(await scene.cloudflare(), address);
    const dumps = await scene.value(() => dumpsIn(bucket, basename(scene.place.stack), ["dumps"]));
    const now = scene.now();
    const good = newestGood(dumps);
    return {
      word: "asked",
      faults: dumpFaults(dumps, { backup: config.backup, domain: config.domain, now }),
      newest: good === undefined ? "none" : `${ageIn(good.time, now)} old`,
    };
  },
  judge(seen) {
    if (seen.word === "later") return later;
    if (seen.word === "none made")
      return fix(
        "No dump of the database exists outside DigitalOcean: mastodon:backup is not set.",
        "npm run backup -- key --out FILE",
      );
    return seen.faults.length === 0
      ? ok(`the newest good dump is ${seen.newest}`)
      : fix(seen.faults.join("\n"), "npm run backup -- list");
  },
};
