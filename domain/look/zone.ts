import { CLOUDFLARE_PLANS, type CloudflarePlan } from "../../facts/cloudflare/plans.ts";
import type { Answer, Judged } from "./answer.ts";
import type { StackConfig } from "../../config/schema.ts";
import { zoneOf } from "../hosts.ts";

/** Cloudflare's answer about the zone whose id is in the stack file. */
export interface Zone {
  readonly name: string;
  readonly accountId: string;
  /**
   * `free`, `pro`, `business`, `enterprise`, or another name of Cloudflare's (`plan.legacy_id`).
   */
  readonly plan: string;
  /** `active`, once the domain's name servers are Cloudflare's. */
  readonly status: string;
}

type Names = Pick<StackConfig, "domain" | "webDomain" | "cloudflare">;

/**
 * Checks that the zone is the one in the configuration. If that is unknown, a new server is
 * refused. Names that are one label too deep would be created successfully, and no browser could
 * open them. A running server's zone was right before, and an outage of Cloudflare must not stop
 * its rebuild.
 */
export function judgedZone(config: Names, answer: Answer<Zone>, runs: boolean): Judged {
  const { zoneId } = config.cloudflare;
  if ("unknown" in answer) {
    const says = `Cloudflare did not say which zone mastodon:cloudflare.zoneId "${zoneId}" is (${answer.unknown})`;
    return runs
      ? { faults: [], warnings: [`${says}, so it was not looked at.`] }
      : {
          faults: [
            `${says}. Put the id from the overview page of the zone there, and give the token "Zone Read" for it (docs/edge.md)`,
          ],
          warnings: [],
        };
  }
  const { name, accountId, plan, status } = answer.known;
  const faults = [
    ...nameFaults(config, name),
    ...(accountId === "" || accountId === config.cloudflare.accountId
      ? []
      : [
          `mastodon:cloudflare.accountId is "${config.cloudflare.accountId}", but the zone "${name}" is in the account "${accountId}", and a tunnel is reached from zones of its own account alone. Set accountId to "${accountId}", or zoneId to a zone of yours`,
        ]),
    ...planFaults(config.cloudflare.plan, plan),
  ];
  return {
    faults,
    warnings:
      status === "active"
        ? []
        : [
            `The zone "${name}" is "${status}" at Cloudflare: nobody is led to it before its registrar names Cloudflare's name servers. Until then no certificate is made, and R2 takes no host of it.`,
          ],
  };
}

function nameFaults(config: Names, name: string): readonly string[] {
  const assumed = zoneOf(config);
  if (assumed === name) return [];
  return [
    config.cloudflare.zone === undefined
      ? `The zone of mastodon:cloudflare.zoneId is "${name}", and the names here were taken to be in "${assumed}". If "${name}" is the right one, set mastodon:cloudflare.zone to "${name}": what its certificate covers is judged by that; else set zoneId to the zone of "${config.webDomain}"`
      : `mastodon:cloudflare.zone is "${config.cloudflare.zone}", but the zone of mastodon:cloudflare.zoneId is "${name}". Set zone to "${name}", or zoneId to the zone "${config.cloudflare.zone}"`,
  ];
}

/**
 * If the real plan is below the configured one, rules are refused in the middle. If it is above,
 * settings that only Free has are requested.
 */
function planFaults(written: CloudflarePlan, real: string): readonly string[] {
  // Plans above Business have nothing more that is used here.
  const known = real === "enterprise" ? "business" : real;
  if (known === written || !(CLOUDFLARE_PLANS as readonly string[]).includes(known)) return [];
  return [
    `mastodon:cloudflare.plan is "${written}", but the zone has "${real}": how many rules there may be, and which, hangs on it. Set it to "${known}"`,
  ];
}
