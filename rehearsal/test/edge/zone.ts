import { rulesOf, type Phase } from "../../edge/rules.ts";
import type { EdgeRequest, EdgeResponse } from "../../edge/messages.ts";
import { OF_A_NEW_ZONE } from "../../clouds/cloudflare/zone-settings.ts";
import type { Zone } from "../../edge/zone-view.ts";

export const HOST = "example.social";
export const TUNNEL_ID = "0b0b0b0b-0000-4000-8000-000000000000";
export const SECRET = "not-a-secret";

/**
 * A zone with one host behind one tunnel, and these rules; all settings are those of a new zone.
 */
export function zoneWith(
  rules: Readonly<Partial<Record<Phase, readonly object[]>>> = {},
  settings: Readonly<Record<string, unknown>> = {},
): Zone {
  const numbered = Object.entries(rules).map(([phase, list]) => [
    phase,
    rulesOf(
      phase,
      list.map((rule, i) => ({ ref: `rule_${i}`, expression: `http.host eq "${HOST}"`, ...rule })),
    ),
  ]);
  return {
    records: [
      { name: HOST, type: "CNAME", content: `${TUNNEL_ID}.cfargotunnel.com`, proxied: true },
    ],
    tunnels: new Map([
      [
        TUNNEL_ID,
        {
          id: TUNNEL_ID,
          secret: SECRET,
          ingress: [{ hostname: HOST, path: undefined, service: "http://web.test:3000" }],
        },
      ],
    ]),
    rules: Object.fromEntries(numbered) as Zone["rules"],
    settings: { ...OF_A_NEW_ZONE, ...settings },
    buckets: new Map(),
    workers: [],
    purgeTokens: new Map(),
    maxUploadBytes: 1_000,
  };
}

/** A GET request. */
export function requestTo(target: string, more: Partial<EdgeRequest> = {}): EdgeRequest {
  return {
    scheme: "https",
    method: "GET",
    host: HOST,
    target,
    headers: { "user-agent": ["test"] },
    clientAddress: "203.0.113.7",
    ...more,
  };
}

/** An answer. */
export function answerOf(
  headers: Readonly<Record<string, string>>,
  status = 200,
  body = "body",
): EdgeResponse {
  const listed = Object.entries(headers).map(([name, value]) => [name, [value]]);
  return { status, headers: Object.fromEntries(listed), body: Buffer.from(body) };
}
