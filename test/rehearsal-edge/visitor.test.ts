import { spawn, type ChildProcess } from "node:child_process";
import { request as httpRequest } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { edgeRulesOf } from "../../cdn/rules/all.ts";
import { PROXY_HEADERS } from "../../cdn/rules/visitor.ts";
import { publicHostsOf } from "../../cdn/public-hosts.ts";
import { IMAGES } from "../../config/images.ts";
import { parseConfig } from "../../config/parse.ts";
import { EdgeClock } from "../../rehearsal/edge/clock.ts";
import { requestPhases } from "../../rehearsal/edge/phases.ts";
import { RateLimiter } from "../../rehearsal/edge/rate-limit.ts";
import { ALL_LIES } from "../../rehearsal/edge/table/visitor-rows.ts";
import { originHeaders } from "../../rehearsal/edge/upstream.ts";
import { BASE } from "../config/base.ts";
import { requestTo, zoneWith } from "./zone.ts";

const CONNECTOR = "10.244.1.7";
const CLIENT = "203.0.113.9";

let web: ChildProcess;
let port: number;

beforeAll(async () => {
  port = await freePort();
  web = spawn(process.execPath, ["rehearsal/pods/stand-ins/web.mjs"], {
    env: {
      PORT: String(port),
      LOCAL_DOMAIN: "example.social",
      // The real one (k8s/environment/identity.ts): right, and no help against Forwarded.
      TRUSTED_PROXY_IP: "127.0.0.0/8,10.244.0.0/16,10.10.0.0/20",
    },
  });
  while ((await ask({}).catch(() => undefined)) === undefined) await sleep(20);
});
afterAll(() => {
  web.kill();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A request as cloudflared hands it on, with more in it. */
async function ask(
  more: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly client: string | undefined }> {
  const headers = {
    host: "example.social",
    "x-forwarded-for": CLIENT,
    "x-forwarded-proto": "https",
    "x-rehearsal-peer": CONNECTOR,
    ...more,
  };
  return await new Promise((resolve, reject) => {
    httpRequest({ host: "127.0.0.1", port, path: "/about", headers }, (answer) => {
      answer.resume();
      const seen = JSON.parse(
        Buffer.from(String(answer.headers["x-seen"]), "base64url").toString(),
      ) as { readonly client?: string };
      resolve({ status: answer.statusCode ?? 0, client: seen.client });
    })
      .once("error", reject)
      .end();
  });
}

describe("Mastodon's stand-in believes what Rack 3.1.20, ActionPack 7.2 and Mastodon's extension were measured to believe", () => {
  test.each([
    ["nothing more", {}, 200, CLIENT],
    ["a longer chain", { "x-forwarded-for": `6.6.6.6, ${CLIENT}` }, 200, CLIENT],
    ["Forwarded", { forwarded: "for=6.6.6.6" }, 200, "6.6.6.6"],
    ["Forwarded, inside the cluster", { forwarded: "for=10.244.9.9" }, 200, "10.244.9.9"],
    ["Forwarded without encryption", { forwarded: "proto=http" }, 301, CLIENT],
    ["Client-Ip", { "client-ip": "6.6.6.6" }, 500, undefined],
    ["X-Forwarded-Host", { "x-forwarded-host": "evil.example" }, 403, CLIENT],
  ])("%s", async (_what, more, status, client) => {
    expect(await ask(more)).toEqual({ status, client });
  });
});

const SPLIT = {
  ...BASE,
  domain: "example.org",
  webDomain: "social.example.org",
  hosts: { streaming: "streaming-social.example.org", assets: "assets-social.example.org" },
  media: { host: "media-social.example.org", storage: "spaces" },
};

describe("no header of a visitor decides who he is, on any host that reaches the cluster", () => {
  test.each([
    ["one host", BASE],
    ["the names at another host, media through the cluster", SPLIT],
    ["a zone with other sites", { ...BASE, cloudflare: { ...BASE.cloudflare, sharedZone: true } }],
    ["www. beside it", { ...BASE, cloudflare: { ...BASE.cloudflare, www: true } }],
  ])("%s", (_what, raw) => {
    const config = parseConfig(raw);
    const rules = edgeRulesOf(config, IMAGES.mastodon);
    const lies = Object.entries(ALL_LIES);
    // What the table sends, and what the rule takes away, are the same headers.
    expect(lies.map(([name]) => name).sort()).toEqual(
      PROXY_HEADERS.map((name) => name.toLowerCase()).sort(),
    );
    const zone = zoneWith({ http_request_late_transform: rules.http_request_late_transform ?? [] });
    for (const { hostname } of publicHostsOf(config)) {
      const request = requestTo("/", {
        host: hostname,
        headers: {
          "user-agent": ["test"],
          ...Object.fromEntries(lies.map(([name, value]) => [name, [value]])),
        },
        clientAddress: CLIENT,
      });
      const passage = requestPhases(zone, request, new RateLimiter(new EdgeClock(() => 0)));
      if (passage.kind !== "passed") throw new Error("It was answered.");
      const sent = originHeaders(passage.request, "ray", CONNECTOR);
      expect(Object.keys(sent).filter((name) => name in ALL_LIES)).toEqual([]);
      expect(sent["x-forwarded-for"]).toEqual([CLIENT]);
    }
  });

  test("other sites of the zone keep theirs", () => {
    const [rule] =
      edgeRulesOf(parseConfig(BASE), IMAGES.mastodon).http_request_late_transform ?? [];
    expect(rule?.expression).not.toMatch(/true|ne /u);
    expect(rule?.expression).toMatch(/^http\.host in \{[^}]+\}$/u);
  });
});
