import type { MastodonFacts } from "../../facts/mastodon/facts.ts";
import { all, either, headerContains, hostIs, not, pathIs, pathStartsWith } from "../expression.ts";
import type { EdgeRules } from "./rule.ts";

/** Input of the rules for requests between servers and programs, without a person at the screen. */
export interface FederationRulesArgs {
  /** Paths that other servers and apps request. */
  readonly machinePaths: MastodonFacts["machinePaths"];
  readonly webHost: string;
  /** Host of the identity (`LOCAL_DOMAIN`), if it is another host in the zone. */
  readonly identityHost: string | undefined;
  /** Hosts that only programs request: streaming, static files, media. */
  readonly machineHosts: readonly string[];
}

/**
 * Media types with which other servers request the document instead of the page at the same URL.
 */
const ACTIVITYPUB_TYPES = ["application/activity+json", "application/ld+json"] as const;

/** Paths of signing in. Only people request them, with any media type in `Accept`. */
const PEOPLE_ONLY = "/auth";

/**
 * Skips bot and browser checks for federation requests. Nothing here changes a request, because
 * signatures cover its headers and body. Rate limits are not skipped: the only ones count sign-ins.
 * `bot-fight-mode.ts` switches off the check that no rule can skip.
 */
export function federationRules({
  machinePaths,
  webHost,
  identityHost,
  machineHosts,
}: FederationRulesArgs): EdgeRules {
  const here = hostIs(webHost, ...(identityHost === undefined ? [] : [identityHost]));
  return {
    http_request_firewall_custom: [
      {
        ref: "federation_unchallenged",
        description: "Other servers and apps are never asked to prove that they are people",
        expression: either(
          hostIs(...machineHosts),
          all(
            here,
            either(
              pathIs(...machinePaths.whole),
              ...machinePaths.below.map(pathStartsWith),
              all(
                either(...ACTIVITYPUB_TYPES.map((type) => headerContains("accept", type))),
                not(pathStartsWith(PEOPLE_ONLY)),
              ),
            ),
          ),
        ),
        action: "skip",
        actionParameters: {
          ruleset: "current",
          phases: ["http_request_sbfm", "http_request_firewall_managed"],
          products: ["bic", "hot", "securityLevel", "uaBlock", "zoneLockdown"],
        },
        // Most requests to a server are these and would fill the log.
        logging: { enabled: false },
      },
    ],
  };
}
