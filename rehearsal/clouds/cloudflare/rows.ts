import type { ProviderRows } from "../rows.ts";
import { dnsRecord } from "./dns.ts";
import { ruleset } from "./rulesets.ts";
import { getTunnelToken, tunnel, tunnelConfig } from "./tunnel.ts";

/** Everything that the simulated Cloudflare knows (cloudflare/terraform-provider-cloudflare `internal/provider.go` for the configuration). */
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
  resources: [dnsRecord, tunnel, tunnelConfig, ruleset],
  functions: [getTunnelToken],
};
