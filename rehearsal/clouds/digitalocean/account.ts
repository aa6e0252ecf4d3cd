/** What DigitalOcean knows of the account beside its resources. A drill sets it; by default nothing is in the way. */
export class Account {
  /** Droplets that the account may have, nodes included. Each account has its own, and support raises it. */
  dropletLimit = Infinity;
  /** Addresses that belong to no verified member of the team: alerts to them are refused. */
  readonly unverifiedEmails = new Set<string>();
  /** Buckets of other customers, by `spaceKey`: their names are taken. */
  readonly foreignBuckets = new Set<string>();
  /** Databases whose first backup is still being made: no replica of them yet. */
  readonly withoutBackup = new Set<string>();
}
