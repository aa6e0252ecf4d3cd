import * as pulumi from "@pulumi/pulumi";
import type { MastodonFacts } from "../../facts/mastodon/facts.ts";
import { PLAN_LIMITS } from "../../facts/cloudflare/plans.ts";
import { deployedFacts, partsOf } from "../../domain/images.ts";
import type { StackConfig } from "../../config/schema.ts";
import { mediaHostOf, mediaHostsOf } from "../../domain/media.ts";
import { hostsOf } from "../../domain/hosts.ts";
import { addressIs, hostIs } from "../expression.ts";
import { localDiskRules } from "./local-disk.ts";
import { exportRules, mediaRules, purgeRules } from "./media.ts";
import { publicHostsOf } from "../public-hosts.ts";
import { SETTINGS_BY_RULE } from "../zone-settings.ts";
import { assetsRules } from "./assets.ts";
import { errorRules } from "./errors.ts";
import { federationRules } from "./federation.ts";
import { identityRules, wwwRules } from "./identity.ts";
import { merged, planFaults, type EdgeRules } from "./rule.ts";
import { signInRules } from "./sign-in.ts";
import { visitorRules } from "./visitor.ts";
import { webRules } from "./web.ts";

/**
 * All rules of the zone, in the order of each phase: blocks come before rules that skip checks.
 * @param image the image whose static files are served; `facts` are those of its release.
 * @throws RunError if the plan allows fewer rules. It is thrown before the first resource, not in
 * the middle of an update.
 */
export function edgeRulesOf(
  config: StackConfig,
  image: string,
  facts: MastodonFacts = deployedFacts(config),
): EdgeRules {
  const { domain, webDomain, cloudflare, federation } = config;
  const { plan, apex } = cloudflare;
  const hosts = hostsOf(config);
  const mediaHosts = mediaHostsOf(config);
  const isSplit = domain !== webDomain && apex !== "elsewhere";
  const rules = merged([
    blockedRules(cloudflare.blockedAddresses),
    assetsRules({
      host: hosts.assets,
      release: releaseOf(image),
      staticPaths: facts.staticPaths,
      otherPaths: cloudflare.otherStaticPaths,
    }),
    exportRules(mediaHosts),
    federationRules({
      machinePaths: facts.machinePaths,
      webHost: hosts.web,
      identityHost: isSplit ? domain : undefined,
      machineHosts: [hosts.streaming, hosts.assets, ...mediaHosts],
    }),
    signInRules(plan, hosts.web),
    visitorRules(publicHostsOf(config).map(({ hostname }) => hostname)),
    webRules({
      host: hosts.web,
      streamingHost: hosts.streaming,
      publicDocuments: facts.publicDocuments,
      // Documents that only members or chosen servers may see are not the same for everyone.
      publicDocumentsKept:
        cloudflare.keepPublicDocuments && !federation.limited && !federation.apiForMembersOnly,
    }),
    mediaRules(mediaHosts),
    ...(config.media.purge ? [purgeRules(mediaHostOf(config))] : []),
    ...(config.media.fromLocalDisk
      ? [localDiskRules({ hosts: [hosts.web, hosts.assets], mediaHost: mediaHostOf(config) })]
      : []),
    ...(isSplit
      ? [identityRules({ host: domain, webHost: hosts.web, redirectsAll: apex === "redirect" })]
      : []),
    ...(cloudflare.www ? [wwwRules(`www.${domain}`, hosts.web)] : []),
    ...(PLAN_LIMITS[plan].rules["custom error"] > 0 ? [errorRules(hosts.web)] : []),
    ...(cloudflare.sharedZone ? [settingsRules(config)] : []),
  ]);
  const faults = planFaults(rules, plan);
  if (faults.length > 0)
    throw new pulumi.RunError(
      `The edge needs more than its plan has; nothing was changed:\n${faults.map((each) => `  ${each}`).join("\n")}`,
    );
  return rules;
}

/**
 * Identifier of a release in cache keys: the image's tag, and enough of its digest to tell a
 * rebuilt image apart.
 */
export function releaseOf(image: string): string {
  const { tag, digest } = partsOf(image);
  return digest === undefined ? tag : `${tag}-${digest.slice("sha256:".length).slice(0, 8)}`;
}

function blockedRules(addresses: readonly string[]): EdgeRules {
  if (addresses.length === 0) return {};
  return {
    http_request_firewall_custom: [
      {
        ref: "blocked_addresses",
        description: "Who gets nothing at all (cloudflare.blockedAddresses)",
        expression: addressIs(...addresses),
        action: "block",
      },
    ],
  };
}

/** For a zone with other sites: the settings that a rule can apply to single hosts. */
function settingsRules(config: StackConfig): EdgeRules {
  return {
    http_config_settings: [
      {
        ref: "settings",
        description:
          "Nothing rewrites the server's pages or asks other servers whether they are people",
        expression: hostIs(
          ...new Set([
            ...publicHostsOf(config).map(({ hostname }) => hostname),
            ...mediaHostsOf(config),
          ]),
        ),
        action: "set_config",
        actionParameters: SETTINGS_BY_RULE,
      },
    ],
  };
}
