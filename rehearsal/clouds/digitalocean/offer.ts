import { read } from "../properties.ts";
import type { FunctionRow } from "../rows.ts";
import { refusal } from "./api.ts";
import { REGIONS } from "./regions.ts";
import { NODE_SIZES } from "./sizes.ts";

/** DigitalOcean's answers about its offer. Drills withdraw parts of it: `mishaps.ts`. */

const FILE = "rehearsal/clouds/digitalocean/offer.ts";

/**
 * Kubernetes versions for new clusters, newest first, optionally of one minor given by a prefix. A
 * minor without versions returns an empty list and no error
 * (digitalocean/terraform-provider-digitalocean v2.99.1
 * `digitalocean/kubernetes/datasource_kubernetes_versions.go`, read 2026-11-28).
 */
export const getKubernetesVersions: FunctionRow = {
  token: "digitalocean:index/getKubernetesVersions:getKubernetesVersions",
  file: FILE,
  arguments: { versionPrefix: { kind: "string" } },
  async call(args, world) {
    const prefix = read.optionalText(args, "versionPrefix") ?? "";
    const validVersions = world.account.kubernetesVersions.filter((slug) =>
      slug.startsWith(prefix),
    );
    return { id: "versions", validVersions, latestVersion: validVersions[0] ?? "" };
  },
};

/**
 * A region by its slug: whether new Droplets can be created there, and in which sizes. It has no
 * information on databases and DOKS (pulumi/pulumi-digitalocean 4.80.1 `getRegion.d.ts`;
 * digitalocean/openapi `GET /v2/regions`, read 2026-11-28).
 */
export const getRegion: FunctionRow = {
  token: "digitalocean:index/getRegion:getRegion",
  file: FILE,
  arguments: { slug: { kind: "string", required: true } },
  async call(args, world) {
    const slug = read.text(args, "slug");
    const known = REGIONS.find((each) => each === slug);
    if (known === undefined)
      throw refusal(
        "retrieving region",
        "GET",
        "/v2/regions",
        404,
        `Region does not exist: ${slug}`,
      );
    return {
      id: slug,
      slug,
      name: slug,
      available: !world.account.closedRegions.has(slug),
      features: ["backups", "ipv6", "metadata"],
      sizes: NODE_SIZES.filter((size) => !world.account.missingSizes.has(size)),
    };
  },
};
