import type { StackConfig } from "../../config/schema.ts";
import type { Clouds, Json } from "../recover/clouds.ts";
import { ask, reasonOf, type Answer } from "../recover/presence.ts";
import { readExport, type StackExport } from "../recover/state.ts";
import { STACK } from "../recover/types.ts";
import { digitaloceanTokenIn, cloudflareTokenIn } from "../recover/tokens.ts";
import { checkFromOutside, type Checked } from "../rebuild/verify.ts";
import type { RunPulumi } from "../secrets/pulumi.ts";
import { configOf, type StackPlace } from "../stack-file/place.ts";
import { accountOf, zoneWith, type Account, type FoundZone } from "./questions.ts";
import type { DoctorWorld } from "./world.ts";

/** Questions that several lines share. Each is sent once for all of them. */
export interface Scene extends Omit<DoctorWorld, "digitalocean" | "cloudflare" | "pulumi"> {
  readonly place: StackPlace;
  readonly pulumi: RunPulumi;
  /** The client of each token that the environment has for DigitalOcean. */
  readonly digitaloceanWith: (token: string) => Promise<Json>;
  readonly digitalocean: () => Promise<Json>;
  readonly cloudflare: () => Promise<Clouds["cloudflare"]>;
  readonly clouds: () => Promise<Clouds>;
  readonly config: () => Promise<StackConfig>;
  /** The state; undefined if the stack has none yet. */
  readonly state: () => Promise<StackExport | undefined>;
  /** The account of the token that the provider uses. */
  readonly account: () => Promise<Answer<Account>>;
  /** The zone of the configuration. */
  readonly zone: () => Promise<Answer<FoundZone>>;
  /** Outputs of the last finished update; undefined if there is none. */
  readonly running: () => Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Checks of the server as a visitor meets it. */
  readonly fromOutside: () => Promise<Checked>;
  /** Sends a question to a cloud, within the line's time. */
  readonly asked: <T>(question: () => Promise<T>) => Promise<Answer<T>>;
  /** The same; rejects with the reason unless there is a value. */
  readonly value: <T>(question: () => Promise<T>) => Promise<T>;
}

/** Default of {@link DoctorWorld.limitMs}: with the start of Node it stays below ten seconds. */
export const LINE_LIMIT_MS = 8_000;

/** Opens a scene. It sends no request. */
export function sceneOf(place: StackPlace, world: DoctorWorld): Scene {
  const { environment, limitMs = LINE_LIMIT_MS } = world;
  // Shorter than the line's own limit, so that its reason is shown and not the line's.
  const patience = { limitMs: limitMs - 100, pauseMs: 500 };
  const pulumi = world.pulumi(place.cwd);
  const asked: Scene["asked"] = (question) => ask(question, patience);
  const digitalocean = once(() => world.digitalocean(digitaloceanTokenIn(environment)));
  const cloudflare = once(() => world.cloudflare(cloudflareTokenIn(environment)));
  const state = once(async () => {
    const text = await pulumi(["stack", "ls", "--json"]);
    const stacks = JSON.parse(text) as readonly { readonly name: string }[];
    const short = (name: string): string => name.split("/").at(-1) ?? name;
    if (!stacks.some(({ name }) => short(name) === short(place.stack))) return undefined;
    return readExport(await pulumi(["stack", "export", "--stack", place.stack]));
  });
  const config = once(() => configOf(place));
  return {
    ...world,
    place,
    pulumi,
    digitalocean,
    cloudflare,
    state,
    digitaloceanWith: world.digitalocean,
    bucket: once(world.bucket),
    clouds: once(async () => ({
      digitalocean: await digitalocean(),
      cloudflare: await cloudflare(),
      patience,
    })),
    config,
    account: once(async () => {
      const client = await digitalocean();
      return await asked(() => accountOf(client));
    }),
    zone: once(async () => {
      const { zoneId } = (await config()).cloudflare;
      const client = await cloudflare();
      return await asked(() => zoneWith(client, zoneId));
    }),
    fromOutside: once(async () =>
      checkFromOutside(await config(), world.outside, undefined, undefined),
    ),
    running: once(async () => {
      const { resources = [] } = (await state())?.deployment ?? {};
      const outputs = resources.find(({ type }) => type === STACK)?.outputs;
      return outputs?.["running"] as Readonly<Record<string, unknown>> | undefined;
    }),
    asked,
    async value(question) {
      const answer = await asked(question);
      if (answer.kind === "value") return answer.value;
      throw new Error(reasonOf(answer));
    },
  };
}

/** A question that is asked once, also if several lines ask it at the same time. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}
