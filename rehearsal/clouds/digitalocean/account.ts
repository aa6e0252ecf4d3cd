import { randomUUID } from "node:crypto";
import { KUBERNETES_VERSIONS } from "../../../facts/digitalocean/kubernetes-versions.ts";

/**
 * What DigitalOcean knows of the account beside its resources. A drill sets it; by default nothing
 * is in the way.
 */
export class Account {
  /** The account's own id: another account's token answers with another one. */
  uuid = randomUUID();
  /** The owner's address. */
  email = "owner@social.example";
  /**
   * An account that is not `active` makes nothing new (digitalocean/openapi
   * `specification/resources/account/models/account.yml`).
   */
  status: "active" | "warning" | "locked" = "active";
  /** US dollars that are owed, as `GET /v2/customers/my/balance` writes them. */
  balance = "0.00";
  /** Slugs that new clusters can have, newest first: DigitalOcean takes them away after weeks. */
  kubernetesVersions: readonly string[] = KUBERNETES_VERSIONS;
  /** Regions in which no new Droplets are to be had. */
  readonly closedRegions = new Set<string>();
  /** Droplet sizes that no region offers now. */
  readonly missingSizes = new Set<string>();
  /** Database sizes that are offered no longer. Databases that have one keep it. */
  readonly missingDatabaseSizes = new Set<string>();
  /**
   * Droplets that the account may have, nodes included. Each account has its own, and support
   * raises it.
   */
  dropletLimit = Infinity;
  /** Addresses that belong to no verified member of the team: alerts to them are refused. */
  readonly unverifiedEmails = new Set<string>();
  /** Buckets of other customers, by `spaceKey`: their names are taken. */
  readonly foreignBuckets = new Set<string>();
  /** Databases whose first backup is still being made: no replica of them yet. */
  readonly withoutBackup = new Set<string>();
}
