import { randomUUID } from "node:crypto";
import { KUBERNETES_VERSIONS } from "../../../facts/digitalocean/kubernetes-versions.ts";

/**
 * Facts about the DigitalOcean account that are not resources. A drill sets them; by default
 * nothing is limited.
 */
export class Account {
  /** Id of the account. Another account's token returns another one. */
  uuid = randomUUID();
  /** Email address of the owner. */
  email = "owner@social.example";
  /**
   * An account that is not `active` can't create anything (digitalocean/openapi
   * `specification/resources/account/models/account.yml`).
   */
  status: "active" | "warning" | "locked" = "active";
  /** Whether the owner has confirmed the address (same page, `email_verified`). */
  emailVerified = true;
  /** Balance due in US dollars, in the format of `GET /v2/customers/my/balance`. */
  balance = "0.00";
  /** Slugs for new clusters, newest first. DigitalOcean withdraws them after weeks. */
  kubernetesVersions: readonly string[] = KUBERNETES_VERSIONS;
  /** Regions in which no new Droplets can be created. */
  readonly closedRegions = new Set<string>();
  /** Droplet sizes that no region offers. */
  readonly missingSizes = new Set<string>();
  /** Database sizes that are no longer offered. Databases that have one keep it. */
  readonly missingDatabaseSizes = new Set<string>();
  /**
   * Droplet limit of the account, nodes included. Each account has its own, and support raises it.
   */
  dropletLimit = Infinity;
  /**
   * Whether a token sees the limit: the field needs the scope `droplet:read` beside `account:read`
   * (digitalocean/openapi 7c1300c4 `specification/resources/account/models/account.yml`). Whether
   * it is then missing or zero isn't known; here it is missing.
   */
  showsDropletLimit = true;
  /** Addresses of no verified team member: alerts to them are refused. */
  readonly unverifiedEmails = new Set<string>();
  /** Buckets of other customers, by `spaceKey`: their names are taken. */
  readonly foreignBuckets = new Set<string>();
  /** Databases whose first backup is not finished: they can't have a replica yet. */
  readonly withoutBackup = new Set<string>();
}
