import * as digitalocean from "@pulumi/digitalocean";
import type { RegionOffer } from "../domain/look/region.ts";

/** Questions to DigitalOcean before the first resource. They only read, and cost nothing. */

/**
 * Offer of a region: whether new Droplets can be made there, and in which sizes.
 * @throws Error where the token may not read it, or DigitalOcean does not answer.
 */
export async function askRegion(slug: string): Promise<RegionOffer> {
  const { available, sizes } = await digitalocean.getRegion({ slug });
  return { available, sizes };
}

/**
 * The slugs of all Kubernetes versions that a new cluster can have: of every minor, so that a
 * refusal can name them. @throws Error as above.
 */
export async function askKubernetes(): Promise<readonly string[]> {
  const { validVersions } = await digitalocean.getKubernetesVersions({});
  return validVersions;
}
