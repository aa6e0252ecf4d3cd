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

/** The configuration of an update, and all that follows from it before the first resource. */
export interface Resolved {
  readonly config: StackConfig;
  readonly secrets: StackSecrets;
  readonly release: Release;
  /** Whether an empty database is right. */
  readonly life: Life;
  /** The DOKS version slug that a new cluster is asked for with. */
  readonly kubernetesVersion: string;
  readonly images: Images;
  /** Mastodon's own of them: Rails. */
  readonly image: string;
  /** Mastodon's release; of a fork, the one that it is built on. */
  readonly version: string;
  readonly facts: MastodonFacts;
  readonly hosts: Hosts;
  /** Every host name that the tunnel serves. */
  readonly publicHosts: ReturnType<typeof publicHostsOf>;
  readonly edgeRules: ReturnType<typeof edgeRulesOf>;
}

/**
 * Works out once what several parts of the stack need.
 * @throws Error for a release that nothing is known of, and for edge rules that the zone's plan has
 * no room for.
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
