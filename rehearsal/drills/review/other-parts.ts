import { KubernetesObjectApi } from "@kubernetes/client-node";
import { NAMESPACE } from "../../../config/topology.ts";
import { partsOf } from "../../../domain/images.ts";
import type { SecretKey } from "../../../config/secret-keys/all.ts";
import { RECORD } from "../../clouds/cloudflare/dns.ts";
import { DRILLED } from "../../releases.ts";
import { liveConfig } from "../live.ts";
import { madeUpSecret, OPTIONS } from "../option-blocks.ts";
import { imagesOf } from "../release-steps.ts";
import { setting, type Change, type Proposal } from "./change.ts";

/**
 * A change of each part of the stack file that the table of `changes.ts` does not touch. Further
 * ones are of what stands beside the file: images, secrets, the clouds.
 */

/** Sets keys together with the secrets that they need. */
const withSecrets =
  (keys: readonly SecretKey[], values: Readonly<Record<string, unknown>>) =>
  async (proposal: Proposal): Promise<void> => {
    const given = keys.map((key) => [key, madeUpSecret(key)] as const);
    await proposal.rehearsal.stack.giveSecrets(Object.fromEntries(given));
    await setting(values)(proposal);
  };

/** Proposed changes in their order, for a server of {@link FIRST_IMAGES}. Each night runs them. */
export const OTHER_PARTS: readonly Change[] = [
  // Members notice nothing, or hardly.
  {
    name: "backup-at-night",
    propose: setting({ backup: { recipient: `age1${"q".repeat(58)}`, hour: 5 } }),
  },
  { name: "backup-hour", propose: setting({ "backup.hour": 6 }) },
  { name: "maintenance-window", propose: setting({ "maintenance.day": "tuesday" }) },
  { name: "upkeep-off", propose: setting({ "upkeep.enabled": false }) },
  { name: "upkeep-on", propose: setting({ "upkeep.enabled": undefined }) },
  { name: "project-renamed", propose: setting({ "project.name": "The server" }) },
  { name: "alerts-nobody", propose: setting({ "alerts.emails": [] }) },
  { name: "alerts-somebody", propose: setting({ "alerts.emails": ["ops@example.social"] }) },
  { name: "caa", propose: setting({ "dns.caa.contact": "security@example.social" }) },
  { name: "mail-records-gone", propose: setting({ "dns.mail": undefined }) },
  { name: "purge-on", propose: setting({ "media.purge": true }) },
  { name: "purge-off", propose: setting({ "media.purge": undefined }) },
  { name: "www-off", propose: setting({ "cloudflare.www": false }) },
  { name: "second-node", propose: setting({ "cluster.basePool.nodes": 2 }) },
  { name: "nodes-may-grow", propose: setting({ "cluster.workloadPool.maxNodes": 6 }) },
  { name: "control-plane-ha", propose: setting({ "cluster.highAvailability": true }) },
  { name: "control-plane-ha-off", propose: setting({ "cluster.highAvailability": false }) },
  {
    name: "slow-statements",
    propose: setting({ "postgres.settings.slowStatementMilliseconds": 2_000 }),
  },
  { name: "postgres-disk-larger", propose: setting({ "postgres.storageGib": 400 }) },
  { name: "postgres-disk-smaller", propose: setting({ "postgres.storageGib": 300 }) },
  { name: "postgres-third-node", propose: setting({ "postgres.nodes": 3 }) },
  {
    name: "read-replica",
    propose: setting({ "postgres.readReplica": { size: "db-s-4vcpu-8gb" } }),
  },
  { name: "read-replica-gone", propose: setting({ "postgres.readReplica": undefined }) },
  { name: "postgres-smaller", propose: setting({ "postgres.size": "db-s-2vcpu-4gb" }) },
  { name: "valkey-smaller", propose: setting({ "valkey.size": "db-s-1vcpu-1gb" }) },
  // Everything that reads the environment begins again.
  {
    name: "web-variable",
    propose: setting({ "extraEnvironment.rails": { MAX_POLL_OPTIONS: "8" } }),
  },
  {
    name: "streaming-variable",
    propose: setting({ "extraEnvironment.streaming": { LOG_LEVEL: "debug" } }),
  },
  { name: "web-workers", propose: setting({ "web.workers": 3 }) },
  {
    name: "mail-on",
    propose: withSecrets(["smtpLogin", "smtpPassword"], {
      mail: { server: OPTIONS.mail.server, from: OPTIONS.mail.from },
    }),
  },
  {
    name: "mail-password-changed",
    propose: withSecrets(["smtpPassword"], {}),
  },
  {
    name: "mail-without-secrets",
    propose: setting({ "mail.bulk": { server: OPTIONS.mail.bulk.server } }),
  },
  {
    name: "search-on",
    propose: withSecrets(["searchPassword"], {
      search: OPTIONS.search,
    }),
  },
  { name: "search-off", propose: setting({ search: undefined }) },
  {
    name: "sign-in-and-captcha",
    propose: withSecrets(["oidcClientSecret", "hcaptchaSecretKey"], {
      signIn: OPTIONS.signIn,
      captcha: OPTIONS.captcha,
    }),
  },
  { name: "metrics-on", propose: setting({ metrics: OPTIONS.metrics }) },
  { name: "limited-federation", propose: setting({ "federation.authorizedFetch": true }) },
  // Hosts.
  { name: "assets-host-renamed", propose: setting({ "hosts.assets": "static.example.social" }) },
  { name: "media-host-renamed", propose: setting({ "media.host": "files.example.social" }) },
  {
    name: "media-host-renamed-with-the-old-one",
    propose: setting({
      "media.host": "files.example.social",
      "media.otherHosts": ["media.example.social"],
    }),
  },
  { name: "web-domain-changed", propose: setting({ webDomain: "social.example.social" }) },
  { name: "another-network", propose: setting({ network: 2 }) },
  { name: "bucket-renamed", propose: setting({ "media.bucket": "another-bucket" }) },
  { name: "media-off", propose: setting({ media: { storage: "none" } }) },
  { name: "base-pool-size", propose: setting({ "cluster.basePool.size": "s-4vcpu-8gb" }) },
  { name: "backup-off", propose: setting({ backup: undefined }) },
  // What stops.
  { name: "sidekiq-stopped", propose: setting({ stopped: ["sidekiq"] }) },
  { name: "web-stopped", propose: setting({ stopped: ["web"] }) },
  { name: "all-stopped", propose: setting({ stopped: ["web", "streaming", "sidekiq"] }) },
  { name: "nothing-stopped", propose: setting({ stopped: undefined }) },
  // Images and programs.
  { name: "mastodon-upgraded", propose: ({ deploy }) => deploy(imagesOf(DRILLED.now)) },
  { name: "mastodon-downgraded", propose: ({ deploy }) => deploy(imagesOf(DRILLED.before)) },
  {
    name: "mastodon-skips-a-minor",
    propose: ({ deploy, images: { mastodon, streaming, ...others } }) => {
      const tag = twoMinorsOn(partsOf(mastodon).tag);
      deploy({
        ...others,
        mastodon: otherTag(mastodon, tag),
        streaming: otherTag(streaming, tag),
      });
    },
  },
  {
    name: "connector-image",
    propose: ({ deploy, images }) =>
      deploy({ ...images, cloudflared: otherTag(images.cloudflared, "2025.11.0") }),
  },
  {
    name: "nginx-image",
    propose: ({ deploy, images }) => deploy({ ...images, nginx: otherTag(images.nginx, "1.29.0") }),
  },
  {
    name: "streaming-image-alone",
    propose: ({ deploy, images }) =>
      deploy({ ...images, streaming: imagesOf(DRILLED.before).streaming }),
  },
  // Accidents.
  {
    name: "web-deleted-by-hand",
    accident: true,
    propose: async ({ rehearsal }) => {
      const api = KubernetesObjectApi.makeApiClient(liveConfig(rehearsal));
      await api.delete({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", namespace: NAMESPACE },
      });
    },
  },
  {
    name: "record-deleted-by-hand",
    accident: true,
    propose: ({ rehearsal: { world } }) => {
      const [record] = world.find(RECORD, ({ name }) => name === "streaming.example.social");
      if (record !== undefined) world.remove(record);
    },
  },
];

function twoMinorsOn(tag: string): string {
  return tag.replace(
    /^v(?<major>\d+)\.(?<minor>\d+)\..*$/u,
    (_all, major: string, minor: string) => `v${major}.${Number(minor) + 2}.0`,
  );
}

function otherTag(image: string, tag: string): string {
  return `${partsOf(image).repository}:${tag}`;
}
