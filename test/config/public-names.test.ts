import { describe, expect, test } from "vitest";
import { BASE, refusalOf } from "./base.ts";

/** Values that an operator set over a good configuration. */
type Written = Readonly<Record<string, unknown>>;

const zone = (more: Written): Written => ({ ...BASE.cloudflare, ...more });
/** Identity and server on two hosts of one zone, with every host covered by the certificate. */
const SPLIT: Written = {
  ...BASE,
  domain: "example.social",
  webDomain: "web.example.social",
  hosts: { streaming: "streaming.example.social", assets: "assets.example.social" },
  media: { host: "media.example.social" },
};
/** Four labels of 60 characters: the derived names exceed the maximum length. */
const LONG = ["a", "b", "c", "d"].map((letter) => letter.repeat(60)).join(".") + ".social";

/** Each used one name for two things, or an invalid one. All of them were planned before. */
const FAULTS: readonly (readonly [what: string, written: Written, key: string, cure: string])[] = [
  [
    "streaming on www.",
    { ...BASE, cloudflare: zone({ www: true }), hosts: { streaming: "www.example.social" } },
    "hosts.streaming",
    "streaming.example.social",
  ],
  [
    "media on www.",
    { ...BASE, cloudflare: zone({ www: true }), media: { host: "www.example.social" } },
    "media.host",
    "media.example.social",
  ],
  [
    "media at the identity's host",
    { ...SPLIT, media: { host: "example.social" } },
    "media.host",
    "media.example.social",
  ],
  [
    "static files at the identity's host",
    { ...SPLIT, hosts: { streaming: "streaming.example.social", assets: "example.social" } },
    "hosts.assets",
    "assets.example.social",
  ],
  [
    "streaming where media is: the cure must not be the fault itself",
    { ...BASE, hosts: { streaming: "media.example.social" } },
    "media.host",
    "files.example.social",
  ],
];

describe("one name for two things is refused, with a name that passes", () => {
  test.each(FAULTS)("%s", (_what, written, key, expected) => {
    const said = refusalOf(written);
    expect(said).toContain(`mastodon:${key}: "`);
    const cure = /Set mastodon:\S+ to "([^"]+)"/u.exec(said)?.[1] ?? "none";
    expect(cure).toBe(expected);
    expect(refusalOf(withName(written, key, cure))).toBe("accepted");
  });
});

test("a derived name that is longer than a name may be is refused, with one that fits", () => {
  const written = { ...BASE, domain: LONG, webDomain: LONG, media: { bucket: "media" } };
  const said = refusalOf(written);
  for (const label of ["streaming", "assets", "media"])
    expect(said).toContain(`"${label}.${LONG}" has ${LONG.length + label.length + 1} characters`);
  const cures = [...said.matchAll(/Set mastodon:\S+ to "([^"]+)"/gu)].map(([, name]) => name);
  const [streaming, assets, host] = cures;
  expect(
    refusalOf({ ...written, hosts: { streaming, assets }, media: { bucket: "media", host } }),
  ).toBe("accepted");
});

test("somebody's site at the identity's host is nobody else's name either", () => {
  const cloudflare = zone({ apex: "site" });
  expect(refusalOf({ ...SPLIT, cloudflare })).toBe("accepted");
  expect(refusalOf({ ...SPLIT, cloudflare, media: { host: "example.social" } })).toContain(
    'mastodon:media.host: "example.social" is where the server itself answers.',
  );
});

/** The configuration with the suggested name instead of the wrong one. */
function withName(written: Written, key: string, name: string): Written {
  const [group = "", leaf = ""] = key.split(".");
  return {
    ...written,
    [group]: {
      ...((written[group] ?? {}) as Written),
      [leaf]: name,
    },
  };
}
