import * as digitalocean from "@pulumi/digitalocean";
import type { RegionOffer } from "../config/look/region.ts";

/** What DigitalOcean is asked before the first resource. Reads only, and for nothing. */

/** What a region offers. @throws Error where the token may not read it, or DigitalOcean does not answer. */
export async function askRegion(slug: string): Promise<RegionOffer> {
  const { available, sizes } = await digitalocean.getRegion({ slug });
  return { available, sizes };
}

/** The slugs of all Kubernetes versions that a new cluster can have: of every minor, so that a refusal can name them. @throws Error as above. */
export async function askKubernetes(): Promise<readonly string[]> {
  const { validVersions } = await digitalocean.getKubernetesVersions({});
  return validVersions;
}
