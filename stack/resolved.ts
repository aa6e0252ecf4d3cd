import { publicHostsOf } from "../cdn/public-hosts.ts";
import { edgeRulesOf } from "../cdn/rules/all.ts";
import type { Life } from "../domain/data-life.ts";
import { deployedFacts, imagesOf, versionOf } from "../domain/images.ts";
import { hostsOf, type Hosts } from "../domain/hosts.ts";
import type { Images } from "../config/images.ts";
import type { Release } from "../domain/release.ts";
import type { StackConfig } from "../config/schema.ts";
import type { StackSecrets } from "../config/secret-keys/values.ts";
import type { MastodonFacts } from "../facts/mastodon/facts.ts";

/** Configuration of an update, and everything that is derived from it before the first resource. */
export interface Resolved {
  readonly config: StackConfig;
  readonly secrets: StackSecrets;
  readonly release: Release;
  /** Whether the database may be empty. */
  readonly life: Life;
  /** The DOKS version slug for a new cluster. */
  readonly kubernetesVersion: string;
  readonly images: Images;
  /** Mastodon's Rails image. */
  readonly image: string;
  /** Mastodon's release; for a fork, the one that it is built on. */
  readonly version: string;
  readonly facts: MastodonFacts;
  readonly hosts: Hosts;
  /** Every host name that the tunnel serves. */
  readonly publicHosts: ReturnType<typeof publicHostsOf>;
  readonly edgeRules: ReturnType<typeof edgeRulesOf>;
}

/**
 * Derives once what several parts of the stack need.
 * @throws Error for a release without facts, and for more edge rules than the zone's plan allows.
 */
export function resolve(
  given: Pick<Resolved, "config" | "secrets" | "release" | "life" | "kubernetesVersion">,
): Resolved {
  const { config, release } = given;
  const images = imagesOf(config, release.images);
  const image = images.mastodon;
  const facts = deployedFacts(config, release.images);
  return {
    ...given,
    images,
    image,
    version: versionOf(config, release.images),
    facts,
    hosts: hostsOf(config),
    publicHosts: publicHostsOf(config),
    edgeRules: edgeRulesOf(config, image, facts),
  };
}
