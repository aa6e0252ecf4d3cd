import { describe, expect, test } from "vitest";
import { decidedBy } from "../../domain/decided.ts";
import { parseConfig } from "../../input/parse.ts";
import {
  GET_RECORDS,
  GET_REGION,
  GET_VERSIONS,
  GET_ZONE,
  lookAnswers,
  type FunctionAnswers,
} from "../../plan/look-answers.ts";
import { lookOnly, planStack, type PlanOptions } from "../../plan/plan-stack.ts";
import { refusalOf } from "../config/base.ts";
import { ofType } from "./views.ts";

/** A stack with mail records of its own. Each test changes one answer to a wrong one. */
const RAW = {
  profile: "medium",
  domain: "example.social",
  webDomain: "example.social",
  region: "nyc3",
  cluster: { version: "1.35" },
  cloudflare: { accountId: "5".repeat(31) + "a", zoneId: "6".repeat(31) + "b" },
  dns: {
    mail: {
      spfIncludes: ["spf.example.net"],
      dkim: [{ selector: "one", target: "k.example.net" }],
    },
  },
};
const right = lookAnswers(parseConfig(RAW));
const zone = (change: object): FunctionAnswers => ({
  [GET_ZONE]: { ...right[GET_ZONE], ...change },
});
const record = (name: string, type: string, content: string, comment = ""): FunctionAnswers => ({
  [GET_RECORDS]: { results: [{ name, type, content, comment }] },
});

/** Result of the look: "planned", or the message of the refusal. */
async function planned(
  options: PlanOptions,
  raw: Readonly<Record<string, unknown>> = RAW,
): Promise<string> {
  try {
    await lookOnly(raw, options);
    return "planned";
  } catch (error) {
    return (error as Error).message;
  }
}

/** Each answer that differs from the program's assumptions, with the message about it. */
const DIFFERENCES: readonly (readonly [what: string, look: FunctionAnswers, says: string])[] = [
  [
    "a zone one label above the names",
    zone({ name: "social" }),
    'The zone of mastodon:cloudflare.zoneId is "social", and the names here were taken to be in "example.social". If "social" is the right one, set mastodon:cloudflare.zone to "social"',
  ],
  [
    "somebody else's zone",
    zone({ name: "example.net" }),
    'else set zoneId to the zone of "example.social"',
  ],
  [
    "a zone of another account",
    zone({ account: { id: "7".repeat(32) } }),
    `Set accountId to "${"7".repeat(32)}", or zoneId to a zone of yours`,
  ],
  [
    "a larger plan than is written",
    zone({ plan: { legacyId: "pro" } }),
    'mastodon:cloudflare.plan is "free", but the zone has "pro": how many rules there may be, and which, hangs on it. Set it to "pro"',
  ],
  [
    "Cloudflare's largest plan",
    zone({ plan: { legacyId: "enterprise" } }),
    'but the zone has "enterprise": how many rules there may be, and which, hangs on it. Set it to "business"',
  ],
  [
    "a zone that the token may not read",
    { [GET_ZONE]: new Error("403 Forbidden: Unauthorized to access requested resource") },
    '(403 Forbidden: Unauthorized to access requested resource). Put the id from the overview page of the zone there, and give the token "Zone Read" for it (docs/edge.md)',
  ],
  [
    "an old server's address at web's host",
    record("example.social", "A", "203.0.113.9"),
    '"example.social" has a record already, A 203.0.113.9, and one name leads to one place (mastodon:webDomain). Delete it in Cloudflare\'s dashboard (DNS, Records) if nobody needs it; if another server answers there until the night of a move, add "example.social" to mastodon:dns.later',
  ],
  [
    "somebody's record where a bucket's host will be",
    record("media.example.social", "CNAME", "cdn.example.net"),
    '"media.example.social" has a record already, CNAME cdn.example.net, and one name leads to one place (mastodon:media.host).',
  ],
  [
    "a name that is handed on to other name servers",
    record("streaming.example.social", "NS", "ns1.example.net"),
    "(mastodon:hosts.streaming)",
  ],
  [
    "a second SPF record",
    record("example.social", "TXT", '"v=spf1 include:_spf.example.org -all"'),
    "and with a second one receivers heed neither (mastodon:dns.mail). Delete it, after taking over what is still right in it; or take mastodon:dns.mail out and keep that one",
  ],
  [
    "a second DMARC record",
    record("_dmarc.example.social", "TXT", "v=DMARC1; p=none"),
    "mastodon:dns.mail",
  ],
  [
    "another key under the same name",
    record("one._domainkey.example.social", "TXT", "k=rsa; p=AAAA"),
    "and mastodon:dns.mail makes another. Delete it, or take that key out",
  ],
  [
    "a CAA record that is the same",
    record("example.social", "CAA", '0 issue "pki.goog"'),
    "which this program makes as well, and Cloudflare takes none twice. Delete it in Cloudflare's dashboard (DNS, Records)",
  ],
  [
    "a region without room",
    { [GET_REGION]: { available: false, sizes: [] } },
    'mastodon:region is "nyc3", where DigitalOcean makes no new Droplets now, and so no nodes. Take another region, or wait',
  ],
  [
    "a region without the nodes' size",
    { [GET_REGION]: { available: true, sizes: ["s-2vcpu-4gb"] } },
    'mastodon:cluster.workloadPool.size is "s-4vcpu-8gb", which DigitalOcean doesn\'t offer in "nyc3" now.',
  ],
  [
    "a minor of Kubernetes that is gone",
    { [GET_VERSIONS]: { validVersions: ["1.37.0-do.1", "1.36.0-do.3"] } },
    'mastodon:cluster.version is "1.35", and DigitalOcean offers no Kubernetes 1.35, but 1.37.0-do.1, 1.36.0-do.3.',
  ],
];

describe("an answer of the clouds that is not what the program takes for granted stops a new stack before its first resource", () => {
  test.each(DIFFERENCES)("%s", async (_what, look, says) => {
    const said = await planned({ look });
    expect(said).toContain(
      "The clouds are not as this configuration takes them to be; nothing was changed:\n  ",
    );
    expect(said).toContain(says);
  });

  test("and what is as it should be does not", async () => {
    expect(await planned({})).toBe("planned");
  });

  test("and the cure for names one label too deep leads to ones that browsers open", async () => {
    const deep = { ...RAW, dns: {}, domain: "social.example.org", webDomain: "social.example.org" };
    const look = zone({ name: "example.org" });
    const said = await planned({ look }, deep);
    expect(said).toContain('set mastodon:cloudflare.zone to "example.org"');
    const cured = { ...deep, cloudflare: { ...RAW.cloudflare, zone: "example.org" } };
    const names = [
      ...refusalOf(cured).matchAll(/Set mastodon:(?:hosts|media)\.\w+ to "([^"]+)"/gu),
    ].map(([, name]) => name);
    const [streaming, assets, host] = names;
    expect(
      await planned({ look }, { ...cured, hosts: { streaming, assets }, media: { host } }),
    ).toBe("planned");
  });
});

test("a host whose record leads to the old server until the night of a move is built, and left to it", async () => {
  const later = ["example.social", "media.example.social"];
  const raw = { ...RAW, dns: { later } };
  const look: FunctionAnswers = {
    [GET_RECORDS]: {
      results: later.map((name) => ({ name, type: "A", content: "203.0.113.9", comment: "" })),
    },
  };
  expect(await planned({ look }, raw)).toBe("planned");
  const plan = await planStack(raw, { look });
  const made = (type: string, key: string): readonly unknown[] =>
    ofType(plan, type).map(({ inputs }) => inputs[key]);
  expect(
    ofType(plan, "cloudflare:index/dnsRecord:DnsRecord")
      .filter(({ inputs }) => inputs["type"] !== "CAA")
      .map(({ inputs }) => inputs["name"]),
  ).toEqual(["streaming.example.social", "assets.example.social"]);
  expect(plan.resources.map(({ type }) => type)).not.toContain(
    "cloudflare:index/r2CustomDomain:R2CustomDomain",
  );
  // Its tunnel exists; in a disaster only the record is missing.
  const tunnel = JSON.stringify(
    made(
      "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig",
      "config",
    ),
  );
  expect(tunnel).toContain('"hostname":"example.social"');
  expect(refusalOf({ ...RAW, dns: { later: ["exmaple.social"] } })).toContain(
    'mastodon:dns.later: "exmaple.social" is not a host of this server.',
  );
});

describe("what is in nobody's way", () => {
  test.each([
    [
      "a record of ours from a first update that failed",
      record(
        "example.social",
        "CNAME",
        "0a1b.cfargotunnel.com",
        "Mastodon: pages, API, federation",
      ),
    ],
    [
      "the record that Cloudflare made for the bucket then",
      record("media.example.social", "CNAME", "public.r2.dev"),
    ],
    ["who gets the domain's mail", record("example.social", "MX", "mx.example.net")],
    ["a proof of ownership", record("example.social", "TXT", "site-verification=abc")],
    ["another certificate authority", record("example.social", "CAA", '0 issue "sectigo.com"')],
    ["somebody's record elsewhere in the zone", record("blog.example.social", "A", "203.0.113.9")],
    ["records that the token may not read", { [GET_RECORDS]: new Error("403") }],
    ["a region that DigitalOcean says nothing of", { [GET_REGION]: new Error("503") }],
  ] as const)("%s", async (_what, look) => {
    expect(await planned({ look })).toBe("planned");
  });
});

describe("a server that runs is not refused for what only a new one needs", () => {
  const running = decidedBy(parseConfig(RAW));
  test.each([
    ["Cloudflare is away", { [GET_ZONE]: new Error("502"), [GET_RECORDS]: new Error("502") }],
    ["DigitalOcean is away", { [GET_REGION]: new Error("502"), [GET_VERSIONS]: new Error("502") }],
    ["its region has no room", { [GET_REGION]: { available: false, sizes: [] } }],
    ["its minor of Kubernetes is gone", { [GET_VERSIONS]: { validVersions: ["1.36.0-do.3"] } }],
  ])("%s", async (_what, look) => {
    expect(await planned({ look, running })).toBe("planned");
  });

  test("nor asked about its own names, at which only it can stand", async () => {
    const asked = async (before?: typeof running): Promise<number> =>
      (await planStack(RAW, before === undefined ? {} : { running: before })).called.filter(
        (token) => token === GET_RECORDS,
      ).length;
    // The four hosts, the zone's own name because of another site, and two names of mail records.
    expect([await asked(), await asked(running)]).toEqual([6, 3]);
  });
});

describe("a new cluster is asked for with", () => {
  const versionOf = async (version: string, options: PlanOptions = {}): Promise<unknown> => {
    return (await lookOnly({ ...RAW, cluster: { version } }, options)).kubernetesVersion;
  };
  const offers = (...validVersions: readonly string[]): PlanOptions => ({
    look: { [GET_VERSIONS]: { validVersions } },
  });
  const running = decidedBy(parseConfig(RAW));

  test("what the look says, in the cluster itself", async () => {
    const plan = await planStack(RAW, offers("1.35.9-do.0"));
    const type = "digitalocean:index/kubernetesCluster:KubernetesCluster";
    expect(ofType(plan, type)[0]?.inputs["version"]).toBe("1.35.9-do.0");
  });

  test.each([
    [
      "the newest patch of the minor, whatever the order of the list",
      "1.35",
      offers("1.36.0-do.3", "1.35.9-do.0", "1.35.10-do.1"),
      "1.35.10-do.1",
    ],
    [
      "the slug that is written, while it is offered",
      "1.35.1-do.6",
      offers("1.35.2-do.0", "1.35.1-do.6"),
      "1.35.1-do.6",
    ],
    [
      "the newest patch of its minor, when that slug rotted",
      "1.35.1-do.6",
      offers("1.36.0-do.3", "1.35.2-do.0"),
      "1.35.2-do.0",
    ],
    [
      "what is written, where nobody answers",
      "1.35",
      { look: { [GET_VERSIONS]: new Error("503") } },
      "1.35",
    ],
    [
      "the next minor, where a server has to be built anew and its own is gone",
      "1.35",
      { ...offers("1.37.0-do.1", "1.36.2-do.0", "1.36.0-do.3"), running },
      "1.36.2-do.0",
    ],
  ] as const)("%s", async (_what, version, options, expected) => {
    expect(await versionOf(version, options)).toBe(expected);
  });
});
