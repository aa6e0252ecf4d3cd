import type { Hosts } from "../../../domain/hosts.ts";
import type { Ask, Expect, Row } from "./row.ts";

/** The rule that removes headers that only a proxy may send. */
export const VISITOR_RULE = "visitor_speaks_for_himself";

/** Headers with a false identity of the visitor, and the effect of each if Mastodon received it. */
const LIES: readonly (readonly [what: string, name: string, value: string])[] = [
  ["his address, as a proxy would say it", "forwarded", "for=192.0.2.66"],
  ["an address inside the cluster", "forwarded", "for=10.244.9.9"],
  ["that he came without encryption", "forwarded", "proto=http"],
  ["his address in the oldest way", "client-ip", "192.0.2.66"],
  ["and in its variant", "x-client-ip", "192.0.2.66"],
  ["another host", "x-forwarded-host", "evil.example"],
  ["another server", "x-forwarded-server", "evil.example"],
  ["another protocol", "x-forwarded-scheme", "http"],
  ["that there is encryption", "x-forwarded-ssl", "on"],
  ["another port", "x-forwarded-port", "8080"],
  ["a proxy for what programs of ours fetch", "proxy", "http://evil.example"],
];

/** All of them together. */
export const ALL_LIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(LIES.map(([, name, value]) => [name, value])),
  forwarded: "for=192.0.2.66;proto=http;host=evil.example",
};

/**
 * Requests with headers that only a proxy may send. The edge removes them, on every host that
 * reaches the cluster.
 */
export function visitorRows(hosts: Hosts): readonly Row[] {
  const row = (what: string, ask: Ask, expect: Expect): Row => ({
    ...{ group: "The visitor's address", what, ask, expect },
  });
  const unseen = Object.fromEntries(LIES.map(([, name]) => [name, undefined]));
  return [
    ...LIES.map(([what, name, value], at) => {
      const client = `203.0.113.${100 + at}`;
      return row(
        `Mastodon is not told by a visitor ${what}`,
        { host: hosts.web, path: `/about?${at}`, client, headers: { [name]: value } },
        {
          ...{ status: 200, from: "web", cache: "DYNAMIC", client },
          seen: { [name]: undefined, "x-forwarded-for": client },
        },
      );
    }),
    row(
      "nor by one who says it all, and speaks for others besides",
      {
        ...{ host: hosts.web, path: "/about", client: "203.0.113.90" },
        headers: { ...ALL_LIES, "x-forwarded-for": "192.0.2.66, 10.244.9.9" },
      },
      {
        ...{ status: 200, from: "web", cache: "DYNAMIC", client: "203.0.113.90" },
        seen: unseen,
      },
    ),
    row(
      "streaming hears nothing of it",
      { host: hosts.streaming, path: "/api/v1/streaming/health", headers: ALL_LIES },
      { status: 200, from: "streaming", cache: "DYNAMIC", seen: unseen },
    ),
    row(
      "nor does the static files' origin",
      { host: hosts.assets, path: "/health", headers: ALL_LIES },
      { status: 200, from: "assets", cache: "DYNAMIC", fitted: VISITOR_RULE },
    ),
  ];
}
