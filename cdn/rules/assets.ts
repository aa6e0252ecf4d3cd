import type { MastodonFacts, StaticPath } from "../../facts/mastodon/facts.ts";
import { staticPathsOf } from "../../domain/static-paths.ts";
import {
  all,
  either,
  hostIs,
  methodIs,
  not,
  pathContains,
  pathEndsWith,
  pathStartsWith,
  type Expression,
} from "../expression.ts";
import type { EdgeRules } from "./rule.ts";

/** Input of the assets host's rules. */
export interface AssetsRulesArgs {
  readonly host: string;
  /**
   * Part of the cache key that separates one release's unhashed files from another's, as `v4.6.5`.
   */
  readonly release: string;
  /** Static paths of Mastodon, of the release that is deployed. */
  readonly staticPaths: MastodonFacts["staticPaths"];
  /** Path prefixes that this server's image has in addition to Mastodon's own. */
  readonly otherPaths: readonly string[];
}

const METHODS = ["GET", "HEAD", "OPTIONS"] as const;

/**
 * Rules for the host of static files. Only the origin's headers set how long a file is kept; nginx
 * takes them from the same table of paths as these rules. An override here would also apply to a
 * miss, and a file that appears a moment later would stay missing.
 */
export function assetsRules({ host, release, otherPaths, ...facts }: AssetsRulesArgs): EdgeRules {
  const here = hostIs(host);
  const rows = staticPathsOf(facts);
  return {
    http_request_transform: [
      {
        ref: "assets_hashed_key",
        description:
          "Files with a hash in their name: one copy, whatever stands behind the question mark",
        expression: all(here, hashed(rows)),
        action: "rewrite",
        actionParameters: { uri: { query: { value: "release=any" } } },
      },
      {
        ref: "assets_release_key",
        description:
          "Other files: a copy for each release, so that an upgrade never shows the one before",
        expression: all(here, not(hashed(rows))),
        action: "rewrite",
        // The cache lookup follows this phase, so it finds no file of the old release. This works
        // as a purge without an API call, and a rollback reverts it.
        actionParameters: { uri: { query: { value: `release=${release}` } } },
      },
    ],
    http_request_firewall_custom: [
      {
        ref: "assets_static_files_only",
        description: "Static files are here to be read, and nothing else is here",
        expression: all(here, not(all(methodIs(...METHODS), staticFile(rows, otherPaths)))),
        action: "block",
      },
    ],
    http_request_cache_settings: [
      {
        ref: "assets_kept_as_told",
        description: "Static files are kept as long as their origin says",
        expression: here,
        action: "set_cache_settings",
        actionParameters: {
          cache: true,
          edgeTtl: { mode: "respect_origin" },
          // Otherwise browsers would use the zone's own setting if it is longer: a miss of half a
          // minute would become one of hours.
          browserTtl: { mode: "respect_origin" },
          serveStale: { disableStaleWhileUpdating: false },
        },
      },
      {
        ref: "assets_never_kept",
        description: "Whether the origin is well is asked anew each time",
        expression: all(here, either(...rowsOf(rows, "unkept"))),
        action: "set_cache_settings",
        actionParameters: { cache: false },
      },
    ],
    http_response_headers_transform: [
      {
        ref: "assets_cross_origin",
        description:
          "Pages of the web host load modules, fonts and workers from here; an error page, too, must be readable",
        expression: here,
        action: "rewrite",
        // `set`, not `add`: the origin sends the header, too, and browsers reject two of them.
        actionParameters: {
          headers: {
            "Access-Control-Allow-Origin": { operation: "set", value: "*" },
            "X-Content-Type-Options": { operation: "set", value: "nosniff" },
          },
        },
      },
    ],
  };
}

/**
 * Matches files that never change. Under `/assets/` the table requires a digest in the name, which
 * needs a regular expression, so the rule excludes only pages. A file without a digest would be
 * kept only for as long as the origin says.
 */
function hashed(rows: readonly StaticPath[]): Expression {
  return all(
    either(...rowsOf(rows, "hashed")),
    not(either(...rowsOf(rows, "refused"), pathEndsWith(".html"))),
  );
}

function staticFile(rows: readonly StaticPath[], otherPaths: readonly string[]): Expression {
  const kept = rows.filter((row) => row.class !== "refused");
  return all(
    either(...kept.map(condition), ...otherPaths.map(pathStartsWith)),
    not(either(pathContains("/."), ...rowsOf(rows, "refused"))),
  );
}

function rowsOf(
  rows: readonly StaticPath[],
  staticClass: StaticPath["class"],
): readonly Expression[] {
  return rows.filter((row) => row.class === staticClass).map(condition);
}

function condition({ startsWith }: StaticPath): Expression {
  return pathStartsWith(startsWith);
}
