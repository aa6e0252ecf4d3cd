import { randomBytes } from "node:crypto";
import { parseConfig } from "../../../input/parse.ts";
import { IMAGES } from "../../../config/images.ts";
import { partsOf } from "../../../domain/images.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { loseDatabase, loseValkey } from "../../clouds/mishaps.ts";
import { DRILLED } from "../../releases.ts";
import { changeByHand } from "../hand-changes.ts";
import { imagesOf } from "../release-steps.ts";
import { setting, type Change, type Proposal } from "./change.ts";

/**
 * Proposed changes in the order in which they are merged. Each builds on those before it, so the
 * server that the last one meets has lived through all of them.
 */

/** Images of the server before the first change: the last patch of the minor before. */
export const FIRST_IMAGES = imagesOf(DRILLED.before);

const { region, sidekiq } = parseConfig(readStackFile());

/** Sidekiq's groups with a change in one of them. */
function groups(
  name: string,
  change: (group: (typeof sidekiq)[number]) => object,
): readonly object[] {
  return sidekiq.map((group) => (group.name === name ? change(group) : group));
}

/** The image by its tag alone. */
function unpinned(image: string): string {
  const { repository, tag } = partsOf(image);
  return `${repository}:${tag}`;
}

const rotate =
  (key: string) =>
  async ({ rehearsal }: Proposal): Promise<void> => {
    if (!(await rehearsal.stack.secretsCommand(["rotate", key, "--yes"])))
      throw new Error(`\`npm run secrets -- rotate ${key}\` failed.`);
  };

/** Changes that are deployed. */
const SMALL: readonly Change[] = [
  {
    name: "nothing-changed",
    propose: async ({ edit }) =>
      await edit((file) => {
        file.commentBefore = ` Reviewed.\n${file.commentBefore ?? ""}`;
      }),
  },
  {
    name: "mastodon-minor",
    propose: ({ deploy }) => deploy(imagesOf(DRILLED.now)),
  },
  {
    name: "mastodon-patch",
    propose: ({ deploy }) => deploy(imagesOf(DRILLED.after)),
  },
  {
    name: "scale-web",
    propose: setting({ "web.replicas": 4, "web.maxReplicas": 4, "web.threads": 6 }),
  },
  {
    name: "sidekiq-group-resized",
    propose: setting({
      sidekiq: groups("federation", (group) => ({ ...group, concurrency: 20 })),
    }),
  },
  {
    name: "edge-rule",
    propose: setting({ "cloudflare.blockedAddresses": ["203.0.113.0/24"] }),
  },
  {
    name: "dns-record",
    propose: setting({
      "dns.mail": { spfIncludes: ["spf.example.net"], dmarc: { policy: "none" } },
    }),
  },
  {
    name: "alerts-email",
    propose: setting({ "alerts.emails": ["ops@example.social", "night@example.social"] }),
  },
  {
    name: "image-by-tag-alone",
    propose: ({ deploy, images }) => deploy({ ...images, nginx: unpinned(IMAGES.nginx) }),
  },
  { name: "streaming-replicas-up", propose: setting({ "streaming.replicas": 3 }) },
  { name: "streaming-replicas-down", propose: setting({ "streaming.replicas": 2 }) },
  { name: "media-second-store", propose: setting({ "media.standby": { storage: "spaces" } }) },
  { name: "backup-on", propose: setting({ "backup.recipient": `age1${"q".repeat(58)}` }) },
  { name: "key-rotated", propose: rotate("tunnelSecret") },
  { name: "session-key-rotated", propose: rotate("secretKeyBase") },
];

/** Proposals that the program, the engine or the machine refuses. */
const REFUSED: readonly Change[] = [
  {
    name: "another-region",
    propose: setting({ region: region === "fra1" ? "ams3" : "fra1" }),
  },
  {
    name: "queue-dropped",
    propose: setting({
      sidekiq: groups("default", (group) => ({ ...group, queues: ["default"] })),
    }),
  },
  {
    name: "encryption-key-changed",
    // A person who makes a new key changes both: the secret and its fingerprint.
    propose: async ({ rehearsal, edit }) => {
      const key = "activeRecordPrimaryKey";
      await rehearsal.stack.giveSecrets({ [key]: randomBytes(16).toString("hex") });
      await edit((file) => {
        const fingerprint = ["config", "mastodon:fingerprints", key];
        if (file.hasIn(fingerprint)) file.deleteIn(fingerprint);
      });
      await rehearsal.stack.secretsCommand(["init"]);
    },
  },
  { name: "above-the-budget", propose: setting({ "web.maxReplicas": 12 }) },
  { name: "profile-below-its-budget", propose: setting({ profile: "small", members: 5_000 }) },
  {
    name: "profile-shrunk",
    propose: setting({ profile: "small", web: undefined, sidekiq: undefined }),
  },
  {
    name: "tag-alone-refused",
    propose: async (proposal) => {
      await setting({ images: undefined })(proposal);
      proposal.deploy({ ...proposal.images, postgres: unpinned(IMAGES.postgres) });
    },
  },
  {
    name: "program-crashes",
    propose: ({ run, images }) =>
      run(async () => {
        const { runStack } = await import("../../../index.ts");
        await runStack(images);
        const broken = undefined as unknown as { readonly replicas: number };
        return { replicas: broken.replicas };
      }),
  },
  {
    name: "preview-killed",
    propose: setting({ "web.threads": 5 }),
    preview: "killed",
  },
  { name: "pull-request-of-a-fork", propose: setting({ "web.threads": 5 }), preview: "no secrets" },
];

/** Changes of databases, nodes and names, and accidents. */
const LARGE: readonly Change[] = [
  { name: "postgres-larger", propose: setting({ "postgres.size": "db-s-6vcpu-16gb" }) },
  { name: "pool-190-to-390", propose: setting({ "postgres.poolConnections": 390 }) },
  { name: "pool-390-to-190", propose: setting({ "postgres.poolConnections": 190 }) },
  { name: "valkey-larger", propose: setting({ "valkey.size": "db-s-2vcpu-4gb" }) },
  {
    name: "sidekiq-group-renamed",
    propose: setting({
      sidekiq: groups("federation", (group) => ({ ...group, name: "delivery", concurrency: 20 })),
    }),
  },
  {
    name: "streaming-host-renamed",
    propose: setting({ "hosts.streaming": "live.example.social" }),
  },
  {
    name: "node-size",
    propose: setting({ "cluster.workloadPool.size": "s-4vcpu-8gb-amd" }),
  },
  {
    name: "profile-medium-to-large",
    propose: setting({
      profile: "large",
      web: undefined,
      streaming: undefined,
      sidekiq: undefined,
      postgres: undefined,
      valkey: undefined,
      "cluster.workloadPool": undefined,
    }),
  },
  {
    name: "cluster-changed-by-hand",
    accident: true,
    propose: async ({ rehearsal }) => {
      await changeByHand(rehearsal);
    },
  },
  {
    name: "streaming-stopped",
    propose: setting({ stopped: ["streaming"] }),
  },
  {
    name: "lost-valkey-made-anew",
    accident: true,
    propose: async (proposal) => {
      await loseValkey(proposal.rehearsal.world);
      await setting({ "anew.valkey-cluster": 1 })(proposal);
    },
  },
  // The last: no update makes another one.
  {
    name: "lost-database",
    accident: true,
    propose: async ({ rehearsal }) => await loseDatabase(rehearsal.world),
  },
];

/** All of them, in their order. */
export const CHANGES: readonly Change[] = [...SMALL, ...REFUSED, ...LARGE];
