import type { World } from "./world.ts";

/**
 * Features that clouds withdraw over time. Existing resources keep working. The next create or
 * change that needs the feature fails. Drills call these.
 */

/**
 * DigitalOcean no longer offers these Kubernetes versions, slugs or minors, for new clusters. A
 * slug lasts for weeks, a minor for about a year
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
 * No new nodes of this size. DigitalOcean withdraws Droplet sizes and runs out of them
 * (digitalocean/terraform-provider-digitalocean#827, read 2026-11-28).
 */
export function withdrawNodeSize(world: World, size: string): void {
  world.account.missingSizes.add(size);
}

/**
 * No new database of this size, and no resize to it. No function of the provider shows that in
 * advance (digitalocean/api-v2#185, read 2026-11-28).
 */
export function withdrawDatabaseSize(world: World, size: string): void {
  world.account.missingDatabaseSizes.add(size);
}

/**
 * A region accepts no new resources (digitalocean/api-v2#41, read 2026-11-28). Existing ones keep
 * working, and their pools can grow.
 */
export function closeRegion(world: World, region: string): void {
  world.account.closedRegions.add(region);
}

/**
 * Cloudflare removes a setting of every zone, as it removed `minify` and `mirage`
 * (cloudflare/cloudflare-docs `src/content/release-notes/api-deprecations.yaml`, read 2026-11-28).
 */
export function endZoneSetting(world: World, setting: string): void {
  world.endedSettings.add(setting);
}
