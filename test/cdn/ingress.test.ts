import fc from "fast-check";
import { expect, test } from "vitest";
import { ingressOf, type IngressRule } from "../../cdn/ingress.ts";
import { publicHostsOf } from "../../cdn/public-hosts.ts";
import { parseConfig } from "../../input/parse.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { accepted } from "../config/arbitrary.ts";
import { BASE } from "../config/base.ts";
import { ofType } from "../stack/views.ts";

const rules = ingressOf(publicHostsOf(parseConfig(BASE)));

/**
 * Finds a rule as cloudflared does: the first whose host equals the request's and whose path, a
 * regular expression, matches (cloudflare/cloudflared `ingress/rule.go`).
 */
function serviceFor(host: string, path: string): string | undefined {
  const fits = ({ hostname, path: wanted }: IngressRule): boolean =>
    (hostname === undefined || hostname === host) &&
    (wanted === undefined || new RegExp(wanted, "u").test(path));
  return rules.find(fits)?.service;
}

const WEB = "http://web.mastodon.svc.cluster.local:3000";
const STREAMING = "http://streaming.mastodon.svc.cluster.local:4000";
const ASSETS = "http://assets.mastodon.svc.cluster.local:8080";
const NOWHERE = "http_status:404";

test.each([
  ["example.social", "/", WEB],
  ["example.social", "/users/alice/inbox", WEB],
  // Rails answers it with a redirect to the streaming host.
  ["example.social", "/api/v1/streaming", WEB],
  ["streaming.example.social", "/api/v1/streaming", STREAMING],
  ["streaming.example.social", "/api/v1/streaming/user", STREAMING],
  // The same port serves them without authentication: the number of connections and their targets.
  ["streaming.example.social", "/metrics", NOWHERE],
  ["streaming.example.social", "/", NOWHERE],
  ["streaming.example.social", "/x/api/v1/streaming", NOWHERE],
  ["assets.example.social", "/packs/application-0a1b2c3d.js", ASSETS],
  ["other.example.social", "/", NOWHERE],
  ["example.social.evil.example", "/", NOWHERE],
])("%s%s goes to %s", (host, path, service) => {
  expect(serviceFor(host, path)).toBe(service);
});

test("the last rule takes what is left: cloudflared starts with no other kind of list", () => {
  expect(rules.at(-1)).toEqual({ service: NOWHERE });
  expect(rules.slice(0, -1).every(({ hostname }) => hostname !== undefined)).toBe(true);
});

test("an idle connection is given up here before it is there, or a request meets a closing one", () => {
  const idle = Object.fromEntries(
    rules.map(({ service, originRequest }) => [service, originRequest?.keepAliveTimeout]),
  );
  expect(idle).toEqual({ [WEB]: 90, [STREAMING]: 4, [ASSETS]: 90, [NOWHERE]: undefined });
});

interface Record {
  readonly name: string;
  readonly type: string;
  readonly proxied: boolean;
  readonly content?: string;
}

test("whatever an operator decides, each record that leads to the tunnel has a rule in it, and each rule a record", async () => {
  await fc.assert(
    fc.asyncProperty(accepted, async (raw) => {
      const plan = await planStack(raw);
      const records = ofType(plan, "cloudflare:index/dnsRecord:DnsRecord").map(
        ({ inputs }) => inputs as unknown as Record,
      );
      const [config] = ofType(
        plan,
        "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig",
      );
      const { ingresses } = config?.inputs["config"] as { ingresses: readonly IngressRule[] };
      const toTunnel = records.filter(({ content }) => content?.endsWith(".cfargotunnel.com"));
      expect(toTunnel.map(({ name }) => name).sort()).toEqual(
        [...new Set(ingresses.flatMap(({ hostname }) => hostname ?? []))].sort(),
      );
      for (const { name, type, proxied } of toTunnel)
        expect({ name, type, proxied }).toEqual({ name, type: "CNAME", proxied: true });
      // `noTLSVerify` and other options that weaken TLS must not appear, not even as false.
      expect(JSON.stringify(ingresses)).not.toMatch(/noTls|tls|http2Origin/iu);
      expect(ingresses.at(-1)).toEqual({ service: NOWHERE });
    }),
    { numRuns: 8 },
  );
}, 60_000);
