import { parseCondition } from "./expressions/parse.ts";
import type { HeaderParameters, Phase, Rule } from "./rules.ts";
import { VISITOR_RULE } from "./table/visitor-rows.ts";
import type { Zone } from "./zone-view.ts";

/**
 * A zone with one fault, and the group of rows that must detect it: a table that can't fail proves
 * nothing.
 */
export interface BrokenZone {
  /** Description, as in "without …". */
  readonly what: string;
  readonly group: string;
  readonly zone: Zone;
}

const VISITOR = "The visitor's address";

/** Faults that are put into a zone on purpose. */
export function brokenZones(zone: Zone): readonly BrokenZone[] {
  const set = (change: Readonly<Record<string, unknown>>): Zone => ({
    ...zone,
    settings: { ...zone.settings, ...change },
  });
  return [
    {
      what: "a streaming host that is sent on whatever the path",
      group: "Streaming",
      zone: {
        ...zone,
        tunnels: new Map(
          [...zone.tunnels].map(([id, tunnel]) => {
            const ingress = tunnel.ingress.map((rule) => ({ ...rule, path: undefined }));
            return [id, { ...tunnel, ingress }];
          }),
        ),
      },
    },
    {
      what: "pages that are kept as long as they say",
      group: "Federation",
      zone: withCache(zone, { cache: true, edgeTtl: { mode: "respect_origin" } }),
    },
    {
      what: "pages with a cookie that are kept for hours",
      group: "Pages and API",
      zone: withCache(zone, { cache: true, edgeTtl: { mode: "override_origin", default: 7_200 } }),
    },
    {
      what: "no rule for the web host's pages",
      group: "Pages and API",
      zone: without(zone, "web_never_kept"),
    },
    {
      what: "no CORS at the edge",
      group: "Static files",
      zone: without(zone, "assets_cross_origin"),
    },
    {
      what: "no rule that lets static files alone through",
      group: "Static files",
      zone: without(zone, "assets_static_files_only"),
    },
    {
      what: "a copy of a hashed file for each query",
      group: "Static files",
      zone: without(zone, "assets_hashed_key"),
    },
    {
      what: "no cache rule for the static files",
      group: "Static files",
      zone: without(zone, "assets_kept_as_told"),
    },
    { what: "no limit on sign-ins", group: "Pages and API", zone: without(zone, "sign_in") },
    {
      what: "servers that are asked whether they are browsers",
      group: "Federation",
      zone: {
        ...without(zone, "federation_unchallenged"),
        settings: { ...zone.settings, browser_check: "on" },
      },
    },
    {
      what: "addresses in pages replaced",
      group: "Pages and API",
      zone: set({ email_obfuscation: "on" }),
    },
    {
      what: "no way from http to https",
      group: "Pages and API",
      zone: set({ always_use_https: "off" }),
    },
    {
      what: "browsers told at least four hours",
      group: "Static files",
      zone: {
        ...without(zone, "assets_kept_as_told"),
        settings: { ...zone.settings, browser_cache_ttl: 14_400 },
      },
    },
    {
      what: "no rule that takes away what a visitor says of himself",
      group: VISITOR,
      zone: without(zone, VISITOR_RULE),
    },
    {
      what: "one that leaves Forwarded",
      group: VISITOR,
      zone: changed(zone, VISITOR_RULE, ({ parameters, ...rule }) => {
        const { Forwarded: _left, ...headers } = (parameters as HeaderParameters).headers;
        return { ...rule, parameters: { headers } };
      }),
    },
    {
      what: "one for pages alone",
      group: VISITOR,
      zone: changed(zone, VISITOR_RULE, (rule) => ({
        ...rule,
        condition: parseCondition(`http.host eq "${shortestHost(zone)}"`),
      })),
    },
    { what: "WebSockets switched off", group: "Streaming", zone: set({ websockets: "off" }) },
  ];
}

/** The zone without one rule. */
function without(zone: Zone, ref: string): Zone {
  return changed(zone, ref, () => undefined);
}

/**
 * The zone with one rule changed or removed.
 * @throws Error if there is no rule of that name, because then nothing would be broken.
 */
function changed(zone: Zone, ref: string, change: (rule: Rule) => Rule | undefined): Zone {
  const kept = Object.entries(zone.rules).map(
    ([phase, rules]) =>
      [phase, rules.flatMap((rule) => (rule.ref === ref ? (change(rule) ?? []) : [rule]))] as const,
  );
  const all = Object.values(zone.rules).flat();
  if (!all.some((rule) => rule.ref === ref))
    throw new Error(
      `The zone has no rule ${ref} that could be left out; it has ${all.map((rule) => rule.ref).join(", ")}.`,
    );
  return { ...zone, rules: Object.fromEntries(kept) as Zone["rules"] };
}

/** The zone with an additional last cache rule, for everything but static files. */
function withCache(zone: Zone, parameters: object): Zone {
  const phase: Phase = "http_request_cache_settings";
  const host = shortestHost(zone);
  const rule: Rule = {
    ...{ ref: "broken", phase, action: "set_cache_settings", parameters, ratelimit: undefined },
    condition: parseCondition(`http.host eq "${host}"`),
  };
  return { ...zone, rules: { ...zone.rules, [phase]: [...(zone.rules[phase] ?? []), rule] } };
}

/** Host of the server's pages: the shortest name in the zone's records. */
function shortestHost({ records }: Zone): string {
  return records.map(({ name }) => name).sort((a, b) => a.length - b.length)[0] ?? "";
}
