import { NODE_SIZES } from "../facts/digitalocean/droplets.ts";
import type { StackConfig } from "../config/schema.ts";
import { zoneOf } from "../domain/hosts.ts";
import { KUBERNETES_VERSIONS } from "../facts/digitalocean/kubernetes-versions.ts";

/** A provider's answer, or an error with the provider's own message. */
export type FunctionAnswer = Readonly<Record<string, unknown>> | Error;

/** Answers by the function's token. */
export type FunctionAnswers = Readonly<Record<string, FunctionAnswer>>;

export const GET_ZONE = "cloudflare:index/getZone:getZone";
export const GET_RECORDS = "cloudflare:index/getDnsRecords:getDnsRecords";
export const GET_REGION = "digitalocean:index/getRegion:getRegion";
export const GET_VERSIONS = "digitalocean:index/getKubernetesVersions:getKubernetesVersions";

/** Every function that is called before the first resource. */
export const LOOK_FUNCTIONS: readonly string[] = [GET_ZONE, GET_RECORDS, GET_REGION, GET_VERSIONS];

/**
 * Answers of the clouds that match a configuration: its own zone, empty, and everything offered.
 */
export function lookAnswers(config: StackConfig): FunctionAnswers {
  const { cloudflare, region, webDomain } = config;
  return {
    [GET_ZONE]: {
      zoneId: cloudflare.zoneId,
      name: zoneOf(config) ?? webDomain,
      status: "active",
      account: { id: cloudflare.accountId },
      plan: { legacyId: cloudflare.plan },
    },
    [GET_RECORDS]: { zoneId: cloudflare.zoneId, results: [] },
    [GET_REGION]: { slug: region, available: true, sizes: [...NODE_SIZES] },
    [GET_VERSIONS]: { validVersions: [...KUBERNETES_VERSIONS] },
  };
}
