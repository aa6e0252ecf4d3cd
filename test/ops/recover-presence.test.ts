import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openClouds, read, type Clouds } from "../../ops/recover/clouds.ts";
import {
  ask,
  presence,
  presenceOf,
  type Answer,
  type Answers,
  type Presence,
} from "../../ops/recover/presence.ts";
import type { Disturbance } from "../../rehearsal/clouds/rest/faults.ts";
import { openRest, type RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import { ACCOUNT, Cloud, ZONE } from "../../rehearsal/test/clouds/cloud.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";

const value: Answer<string> = { kind: "value", value: "it" };
const silence: Answer<string> = { kind: "silence", why: "the connection broke" };
const refused = (status: number): Answer<string> => ({ kind: "refused", status });

describe("an outage that is taken for a loss: the sum of the answers", () => {
  it.each<readonly [Presence<string>["word"], Answers<string>]>([
    ["there", { first: value }],
    ["there", { first: refused(404), second: value }],
    ["gone", { first: refused(404), second: refused(404), token: value }],
    ["unknown", { first: refused(404) }],
    ["unknown", { first: refused(404), token: value }],
    ["unknown", { first: refused(404), second: refused(404) }],
    ["unknown", { first: refused(404), second: refused(404), token: refused(401) }],
    ["unknown", { first: refused(404), second: refused(404), token: refused(404) }],
    ["unknown", { first: refused(404), second: silence, token: value }],
    ["unknown", { first: refused(404), second: refused(503), token: value }],
    ["unknown", { first: refused(503), second: refused(404), token: value }],
    ...[400, 401, 403, 410, 429, 500, 502, 503, 504].map(
      (status) =>
        ["unknown", { first: refused(status), second: refused(status), token: value }] as const,
    ),
    ["unknown", { first: silence, second: silence, token: value }],
  ])("%s of %o", (word, answers) => {
    expect(presenceOf(answers).word).toBe(word);
  });
});

/** One resource of each cloud, and a request for it. */
const THINGS = {
  digitalocean: {
    type: types.VPC,
    ask: ({ digitalocean }: Clouds, id: string) => read(digitalocean.vpcs.byVpc_id(id)),
    token: ({ digitalocean }: Clouds) => read(digitalocean.account),
  },
  cloudflare: {
    type: types.RULESET,
    ask: ({ cloudflare }: Clouds, id: string) => cloudflare.rulesets.get(id, { zone_id: ZONE }),
    token: ({ cloudflare }: Clouds) => cloudflare.user.tokens.verify(),
  },
} as const;

describe.each(["digitalocean", "cloudflare"] as const)("%s's API", (name) => {
  const thing = THINGS[name];
  let rest: RestFaces;
  let clouds: Clouds;
  let id: string;
  let cloud: Cloud;

  beforeEach(async () => {
    cloud = new Cloud();
    cloud.world.zones.set(ZONE, { accountId: ACCOUNT, name: "social.example" });
    rest = await openRest(cloud.world);
    const made = await types.oneOfEach(cloud);
    id = made.get(thing.type)!.id;
    clouds = await openClouds({
      digitaloceanToken: "any",
      cloudflareToken: "t".repeat(40),
      digitaloceanUrl: rest.digitaloceanUrl,
      cloudflareUrl: rest.cloudflareUrl,
      patience: { limitMs: 500, pauseMs: 1 },
    });
  });
  afterEach(async () => {
    await rest.close();
  });

  const word = () =>
    presence(
      () => thing.ask(clouds, id) as Promise<unknown>,
      () => ask(() => thing.token(clouds) as Promise<unknown>, clouds.patience),
      clouds.patience,
    );

  it("there, and gone once it is deleted", async () => {
    expect((await word()).word).toBe("there");
    cloud.world.remove(cloud.world.get(thing.type, id)!);
    expect((await word()).word).toBe("gone");
    expect(rest[name].asked.filter(({ status }) => status === 404)).toHaveLength(2);
  });

  it("a single 404 of something that is there", async () => {
    rest[name].faults.add({ does: { kind: "answer", status: 404 }, times: 1 });
    expect((await word()).word).toBe("there");
  });

  it.each<readonly [string, Disturbance, RegExp]>([
    ...([401, 403, 429, 500, 502, 503, 504] as const).map(
      (status) =>
        [
          String(status),
          { kind: "answer", status },
          new RegExp(`answered ${status}`, "u"),
        ] as const,
    ),
    ["a broken connection", { kind: "hang up", when: "before" }, /the connection broke/u],
    ["a lost answer", { kind: "hang up", when: "after" }, /the connection broke/u],
    ["silence", { kind: "slow", milliseconds: 2_000 }, /did not answer within 0.5 s/u],
    // Every request gets it, including that for the token: another account's token has this answer.
    ["404 to everything", { kind: "answer", status: 404 }, /its token does not see/u],
  ])("unknown by %s, also of what is deleted", async (_, does, reason) => {
    const off = rest[name].faults.add({ does });
    expect(await word()).toEqual({ word: "unknown", reason: expect.stringMatching(reason) });
    cloud.world.remove(cloud.world.get(thing.type, id)!);
    expect((await word()).word).toBe("unknown");
    off();
    expect((await word()).word).toBe("gone");
  });

  it("unknown by a 404 with a token that the account no longer accepts", async () => {
    cloud.world.remove(cloud.world.get(thing.type, id)!);
    const path = name === "digitalocean" ? "/v2/account" : "/user/tokens/verify";
    rest[name].faults.add({ does: { kind: "answer", status: 401 }, path });
    expect((await word()).word).toBe("unknown");
  });
});
