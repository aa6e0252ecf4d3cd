import type { StackConfig } from "../../config/schema.ts";
import { RANGES } from "../../config/topology.ts";
import { hostsOf } from "../../domain/hosts.ts";
import type { Variables } from "./variables.ts";

/**
 * Proxies that Rails and streaming believe about a client's address. Setting it replaces Mastodon's
 * own list of private ranges, so pods and loopback must be in it: a request that carries
 * X-Forwarded-For from anyone else is answered with 500.
 */
export const TRUSTED_PROXIES = `127.0.0.0/8,${RANGES.pods},${RANGES.vpc}`;

/**
 * Under which names the server is known, and what it believes of a request
 * (`config/initializers/1_hosts.rb`, `production.rb`).
 */
export function identity(config: Pick<StackConfig, "domain" | "webDomain">): Variables {
  const hosts = hostsOf(config);
  return {
    plain: {
      LOCAL_DOMAIN: config.domain,
      ...(config.webDomain === config.domain ? {} : { WEB_DOMAIN: config.webDomain }),
      STREAMING_API_BASE_URL: `wss://${hosts.streaming}`,
      CDN_HOST: `https://${hosts.assets}`,
      TRUSTED_PROXY_IP: TRUSTED_PROXIES,
    },
    secret: {},
  };
}
