import { z } from "zod";
import { FingerprintsSchema } from "./secret-keys/fingerprints.ts";
import { PROFILE_NAMES } from "./keys/profile.ts";
import { noRegion, REGIONS } from "../facts/digitalocean/regions.ts";
import { anewSchema } from "./keys/anew.ts";
import { backupSchema } from "./keys/backup.ts";
import { cloudflareSchema, dnsSchema, hostsSchema } from "./keys/cloudflare.ts";
import { clusterSchema } from "./keys/cluster.ts";
import { postgresSchema, valkeySchema } from "./keys/databases.ts";
import { escrowSchema } from "./keys/escrow.ts";
import { extraEnvironmentSchema } from "./keys/extra-environment.ts";
import { federationSchema } from "./keys/federation.ts";
import { forkSchema, imagesSchema } from "./keys/images.ts";
import { mailSchema } from "./keys/mail.ts";
import {
  alertsSchema,
  maintenanceSchema,
  observabilitySchema,
  projectSchema,
  upkeepSchema,
} from "./keys/operations.ts";
import { mediaSchema } from "./keys/media.ts";
import { searchSchema } from "./keys/search.ts";
import { captchaSchema, translationSchema } from "./keys/services.ts";
import { signInSchema } from "./keys/sign-in.ts";
import { metricsSchema, tracingSchema } from "./keys/telemetry.ts";
import { stoppedSchema } from "./keys/stopped.ts";
import { unlockedSchema } from "./keys/unlocked.ts";
import { hostName, whole } from "./keys/values.ts";
import { assetsSchema, sidekiqSchema, streamingSchema, webSchema } from "./keys/workloads.ts";

/**
 * Everything that an operator configures, except secrets. Each key has in `meta` its description,
 * an example, and its allowed values if the type does not show them. Messages, `docs/config.md`,
 * the editors' schema and the declarations in `Pulumi.yaml` are built from that.
 */

/**
 * Unknown keys are refused at any depth. A key is not optional if a profile or a rule sets it: see
 * `withDefaults`.
 */
export const StackConfigSchema = z.strictObject({
  profile: z.enum(PROFILE_NAMES).optional().meta({
    description:
      "Sizes for so many members: solo up to 50, small 500, medium 5,000, large 8,000. Each single value can be overridden.",
  }),
  members: whole(
    1,
    1_000_000,
    500,
    "Members that are expected to come back within a week: each has a home feed in Valkey.",
  ),
  domain: hostName(
    "`LOCAL_DOMAIN`: the part after the @ of every account. **It can never be changed.**",
  ),
  webDomain: hostName(
    "`WEB_DOMAIN`: where the server answers, and how the address of every account begins on other servers. **It can never be changed.** `streaming.` and `assets.` of it are derived; `hosts` names others.",
  ),
  region: z.enum(REGIONS, { error: ({ input }) => noRegion(input) }).meta({
    description:
      "DigitalOcean region with DOKS, Postgres and Valkey. **A change replaces almost everything, data included.**",
    examples: ["nyc3"],
  }),
  network: whole(
    1,
    100,
    2,
    "Number of the private network's range: 1 is 10.10.0.0/20, 2 is 10.11.0.0/20. A server that is rebuilt in another region has another, because ranges of one account must not overlap. **A change replaces network and databases.**",
  ).default(1),
  cluster: clusterSchema,
  postgres: postgresSchema,
  valkey: valkeySchema,
  web: webSchema,
  streaming: streamingSchema,
  sidekiq: sidekiqSchema,
  media: mediaSchema,
  backup: backupSchema,
  cloudflare: cloudflareSchema,
  hosts: hostsSchema,
  dns: dnsSchema,
  assets: assetsSchema,
  stopped: stoppedSchema,
  anew: anewSchema,
  unlocked: unlockedSchema,
  maintenance: maintenanceSchema,
  upkeep: upkeepSchema,
  project: projectSchema,
  alerts: alertsSchema,
  fingerprints: FingerprintsSchema,
  escrow: escrowSchema,
  observability: observabilitySchema,
  federation: federationSchema,
  mail: mailSchema,
  search: searchSchema,
  signIn: signInSchema,
  captcha: captchaSchema,
  translation: translationSchema,
  metrics: metricsSchema,
  tracing: tracingSchema,
  fork: forkSchema,
  images: imagesSchema,
  extraEnvironment: extraEnvironmentSchema,
});

/** A valid configuration, every value filled in. */
export type StackConfig = Omit<z.infer<typeof StackConfigSchema>, "profile">;
