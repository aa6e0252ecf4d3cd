import * as digitalocean from "@pulumi/digitalocean";
import type { RegionOffer } from "../domain/look/region.ts";

/** Questions to DigitalOcean before the first resource. They only read, and cost nothing. */

/**
 * Reads what a region offers: whether new Droplets can be created there, and in which sizes.
 * @throws Error if the token may not read it, or DigitalOcean does not answer.
 */
export async function askRegion(slug: string): Promise<RegionOffer> {
  const { available, sizes } = await digitalocean.getRegion({ slug });
  return { available, sizes };
}

/**
 * Reads the slugs of all Kubernetes versions for new clusters. It returns every minor, so that an
 * error message can list them.
 * @throws Error as above.
 */
export async function askKubernetes(): Promise<readonly string[]> {
  const { validVersions } = await digitalocean.getKubernetesVersions({});
  return validVersions;
}
