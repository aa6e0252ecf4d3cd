import type { ProviderRows } from "../rows.ts";
import { accountToken } from "./account-token.ts";
import { botManagement } from "./bots.ts";
import { dnsRecord } from "./dns.ts";
import { r2Bucket, r2CustomDomain } from "./r2.ts";
import { r2BucketCors, r2BucketLifecycle, r2BucketLock } from "./r2-rules.ts";
import { ruleset } from "./rulesets.ts";
import { argoTieredCaching, tieredCache } from "./tiered-cache.ts";
import { tunnel, tunnelConfig } from "./tunnel.ts";
import { workersRoute, workersScript } from "./workers.ts";
import { zoneSetting } from "./zone-settings.ts";
import { getDnsRecords, getZone } from "./zones.ts";

/**
 * All rows of the simulated Cloudflare (cloudflare/terraform-provider-cloudflare
 * `internal/provider.go` for the configuration).
 */
export const cloudflareRows: ProviderRows = {
  name: "cloudflare",
  configuration: {
    apiToken: { kind: "string", secret: true },
    apiKey: { kind: "string", secret: true },
    apiUserServiceKey: { kind: "string", secret: true },
    email: { kind: "string" },
    baseUrl: { kind: "string" },
    userAgentOperatorSuffix: { kind: "string" },
  },
  resources: [
    dnsRecord,
    tunnel,
    tunnelConfig,
    ruleset,
    r2Bucket,
    r2CustomDomain,
    r2BucketCors,
    r2BucketLifecycle,
    r2BucketLock,
    accountToken,
    workersScript,
    workersRoute,
    zoneSetting,
    botManagement,
    argoTieredCaching,
    tieredCache,
  ],
  functions: [getZone, getDnsRecords],
};
