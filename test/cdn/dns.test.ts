import { describe, expect, test } from "vitest";
import { mailRecordsOf } from "../../cdn/mail-records.ts";
import { ZONE_SETTINGS } from "../../cdn/zone-settings.ts";
import { parseConfig } from "../../input/parse.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { BASE } from "../config/base.ts";
import { comesBefore, ofType, theResource } from "../stack/views.ts";

const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const MAIL = {
  spfIncludes: ["spf.example.net", "mail.example.net"],
  dkim: [
    { selector: "one", target: "one.example.net" },
    { selector: "two", publicKey: "A".repeat(392) },
  ],
  dmarc: { policy: "quarantine", reports: "dmarc@example.social" },
};

/** Sorted by name, because the order of registration does not matter. */
async function records(changes: Readonly<Record<string, unknown>>): Promise<readonly unknown[]> {
  const plan = await planStack({ ...BASE, ...changes });
  const rows = ofType(plan, RECORD).map(({ name, inputs }) => {
    const { type, content, proxied, ttl, data } = inputs as Record<string, unknown>;
    const { tag, value } = (data ?? {}) as Record<string, unknown>;
    return [name, inputs["name"], type, content ?? `${String(tag)} ${String(value)}`, proxied, ttl];
  });
  return sorted(rows);
}

function sorted(rows: readonly (readonly unknown[])[]): readonly unknown[] {
  return [...rows].sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));
}

const TUNNEL = "id-of-tunnel-tunnel.cfargotunnel.com";
const CAA = ["letsencrypt.org", "pki.goog", "ssl.com"].flatMap((issuer) => [
  [`edge-caa-${issuer}`, "example.social", "CAA", `issue ${issuer}`, false, 300],
  [`edge-caa-${issuer}-wildcard`, "example.social", "CAA", `issuewild ${issuer}`, false, 300],
]);

describe("exactly these records", () => {
  const hosts = [
    ["edge-example.social", "example.social", "CNAME", TUNNEL, true, 1],
    ["edge-streaming.example.social", "streaming.example.social", "CNAME", TUNNEL, true, 1],
    ["edge-assets.example.social", "assets.example.social", "CNAME", TUNNEL, true, 1],
  ];

  test("of a server on one host", async () => {
    expect(await records({})).toEqual(sorted([...hosts, ...CAA]));
  });

  test("with www., which leads nowhere but into a redirect, and mail, which no proxy may stand before", async () => {
    const cloudflare = { ...BASE.cloudflare, www: true };
    expect(await records({ cloudflare, dns: { mail: MAIL } })).toEqual(
      sorted([
        ...hosts,
        ["edge-www.example.social", "www.example.social", "AAAA", "100::", true, 1],
        ...CAA,
        [
          "edge-spf",
          "example.social",
          "TXT",
          '"v=spf1 include:spf.example.net include:mail.example.net ~all"',
          false,
          300,
        ],
        ["edge-dkim-one", "one._domainkey.example.social", "CNAME", "one.example.net", false, 300],
        [
          "edge-dkim-two",
          "two._domainkey.example.social",
          "TXT",
          `"v=DKIM1; k=rsa; p=${"A".repeat(237)}" "${"A".repeat(155)}"`,
          false,
          300,
        ],
        [
          "edge-dmarc",
          "_dmarc.example.social",
          "TXT",
          '"v=DMARC1; p=quarantine; rua=mailto:dmarc@example.social"',
          false,
          300,
        ],
      ]),
    );
  });

  test("in a zone with other sites no CAA: their certificates may come from elsewhere", async () => {
    const cloudflare = { ...BASE.cloudflare, sharedZone: true };
    expect(await records({ cloudflare })).toEqual(sorted(hosts));
  });
});

test("no piece of a text is longer than a record can hold", () => {
  const { mail } = parseConfig({ ...BASE, dns: { mail: MAIL } }).dns;
  for (const { type, content } of mailRecordsOf(mail!, "example.social"))
    if (type === "TXT")
      for (const piece of content.slice(1, -1).split('" "')) expect(piece.length).toBeLessThan(256);
});

test("each setting of the zone is set once, with its reason", () => {
  expect(new Set(ZONE_SETTINGS.map(({ id }) => id)).size).toBe(ZONE_SETTINGS.length);
  for (const { why } of ZONE_SETTINGS) expect(why).toMatch(/^[A-Z0-9`].*\.$/u);
});

test("other sites of a shared zone keep their settings", async () => {
  const plan = await planStack({ ...BASE, cloudflare: { ...BASE.cloudflare, sharedZone: true } });
  const types = plan.resources.map(({ type }) => type);
  expect(types).not.toContain("cloudflare:index/zoneSetting:ZoneSetting");
  expect(types).not.toContain("cloudflare:index/botManagement:BotManagement");
});

test("no record comes before the rules and settings that it leads to", async () => {
  const plan = await planStack(BASE);
  const before = comesBefore(plan, theResource(plan, RECORD, "edge-example.social"));
  const first = plan.resources.filter(({ type }) =>
    /^cloudflare:index\/(ruleset|zoneSetting|tieredCache):/u.test(type),
  );
  expect(first.length).toBeGreaterThan(20);
  for (const { name, urn } of first) expect(before.has(urn), name).toBe(true);
});

test("where web moves, the record of its old name becomes another: two of one name Cloudflare refuses", async () => {
  const nameOf = async (raw: Readonly<Record<string, unknown>>, host: string) =>
    ofType(await planStack({ ...BASE, ...raw }), RECORD)
      .filter(({ inputs }) => inputs["name"] === host && inputs["type"] !== "CAA")
      .map(({ name, inputs }) => [name, inputs["type"]]);
  const hosts = { streaming: "streaming.example.social", assets: "assets.example.social" };
  const media = { host: "media.example.social" };
  const moved = { webDomain: "social.example.social", hosts, media };
  expect(await nameOf({}, "example.social")).toEqual([["edge-example.social", "CNAME"]]);
  expect(await nameOf(moved, "example.social")).toEqual([["edge-example.social", "AAAA"]]);
  expect(await nameOf(moved, "social.example.social")).toEqual([
    ["edge-social.example.social", "CNAME"],
  ]);
});
