import type { World } from "./world.ts";

/**
 * Things that clouds take away over time. What runs goes on; it meets whoever makes or changes something
 * next. Drills call these.
 */

/**
 * DigitalOcean no longer offers these Kubernetes versions, slugs or minors, to new clusters: a slug
 * lasts for weeks, a minor for about a year
 * (https://docs.digitalocean.com/products/kubernetes/details/supported-releases/, read 2026-11-28).
 */
export function withdrawKubernetes(world: World, ...versions: readonly string[]): void {
  const isGone = (slug: string): boolean =>
    versions.some((each) => slug === each || slug.startsWith(`${each}.`));
  world.account.kubernetesVersions = world.account.kubernetesVersions.filter(
    (slug) => !isGone(slug),
  );
}

/**
 * No new nodes of this size: DigitalOcean ends Droplet sizes, and sells out of them
 * (digitalocean/terraform-provider-digitalocean#827, read 2026-11-28).
 */
export function withdrawNodeSize(world: World, size: string): void {
  world.account.missingSizes.add(size);
}

/**
 * No new database of this size, and none that becomes it. No function of the provider tells
 * beforehand (digitalocean/api-v2#185, read 2026-11-28).
 */
export function withdrawDatabaseSize(world: World, size: string): void {
  world.account.missingDatabaseSizes.add(size);
}

/**
 * A region takes nothing new (digitalocean/api-v2#41, read 2026-11-28). What is there runs on, and
 * its pools grow.
 */
export function closeRegion(world: World, region: string): void {
  world.account.closedRegions.add(region);
}

/**
 * Cloudflare ends a setting of every zone, as it ended `minify` and `mirage`
 * (cloudflare/cloudflare-docs `src/content/release-notes/api-deprecations.yaml`, read 2026-11-28).
 */
export function endZoneSetting(world: World, setting: string): void {
  world.endedSettings.add(setting);
}
