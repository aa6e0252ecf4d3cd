import { expect, test } from "vitest";
import { ingressOf, type IngressRule } from "../../cdn/ingress.ts";
import { hostsOf } from "../../config/topology.ts";

const hosts = hostsOf({ webDomain: "example.social" });
const rules = ingressOf(hosts);

/** As cloudflared does it: the first rule whose host is the request's, and whose path, a regular expression, fits (cloudflare/cloudflared `ingress/rule.go`). */
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
  // On the same port, without a password: how many are connected, and to what.
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

test("every host that has a record has a rule, and no rule is for a host without one", () => {
  expect([...new Set(rules.flatMap(({ hostname }) => hostname ?? []))].sort()).toEqual(
    Object.values(hosts).sort(),
  );
});
