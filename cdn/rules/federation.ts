import type { MastodonFacts } from "../../facts/mastodon/facts.ts";
import { all, either, headerContains, hostIs, not, pathIs, pathStartsWith } from "../expression.ts";
import type { EdgeRules } from "./rule.ts";

/** Input of the rules for requests between servers and programs, without a person at the screen. */
export interface FederationRulesArgs {
  /** Paths that other servers and apps request. */
  readonly machinePaths: MastodonFacts["machinePaths"];
  readonly webHost: string;
  /** The identity's host, where it is another one in the zone. */
  readonly identityHost: string | undefined;
  /** Hosts that programs ask for everything they have: streaming, static files, media. */
  readonly machineHosts: readonly string[];
}

/** Media types by which other servers ask for the document instead of the page at the same URL. */
const ACTIVITYPUB_TYPES = ["application/activity+json", "application/ld+json"] as const;

/** Paths of signing in. Such a request comes from a person, whatever its headers say. */
const PEOPLE_ONLY = "/auth";

/**
 * Checks for people are skipped for federation. Nothing here changes a request: signatures are over
 * its headers and body. Rate limits are not skipped, since the only ones there are count sign-ins.
 * What no rule can skip, `bot-fight-mode.ts` switches off.
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
        // Most requests of a server are these: the log would hold nothing else.
        logging: { enabled: false },
      },
    ],
  };
}
