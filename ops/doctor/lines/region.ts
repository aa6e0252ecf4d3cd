import type { StackConfig } from "../../../config/schema.ts";
import { kubernetesToAskFor } from "../../../domain/look/kubernetes.ts";
import { judgedRegion } from "../../../domain/look/region.ts";
import { read, readAll, type Json } from "../../recover/clouds.ts";
import { fix, ok, type Line } from "../line.ts";
import type { Scene } from "../scene.ts";

/** Offers of DigitalOcean: regions, sizes, versions of Kubernetes. */

/** Offer of one region for this configuration. */
interface RegionFacts {
  readonly slug: string;
  /** Whether new Droplets can be made there, and of which sizes. */
  readonly available: boolean;
  readonly sizes: readonly string[];
  /** Products that it lacks, in words. */
  readonly lacks: readonly string[];
}

type Region = StackConfig["region"];

interface Offer {
  readonly config: Pick<StackConfig, "region" | "cluster">;
  readonly regions: readonly RegionFacts[];
  readonly runs: boolean;
}

/** An engine of `GET /v2/databases/options`. */
interface Engine {
  readonly regions?: readonly string[];
  readonly layouts?: readonly { readonly sizes?: readonly string[] }[];
}

const REGIONS_PAGE = "https://docs.digitalocean.com/platform/regional-availability/";

export const region: Line<Offer> = {
  number: 9,
  name: "region",
  checks: "the region has Kubernetes, Postgres, Valkey and the configured sizes",
  async ask(scene) {
    const config = await scene.config();
    const v2 = await scene.digitalocean();
    const [kubernetes, databases, regions, running] = await Promise.all([
      optionsOf(scene, v2.kubernetes),
      optionsOf(scene, v2.databases),
      scene.value(() => readAll(v2.regions, "regions")),
      scene.running().catch(() => undefined),
    ]);
    const clusters = ((kubernetes.regions ?? []) as Json[]).map(({ slug }) => String(slug));
    const engines = [
      ["Postgres", databases.pg as Engine | undefined, config.postgres.size],
      ["Valkey", databases.valkey as Engine | undefined, config.valkey.size],
    ] as const;
    return {
      config,
      runs: running !== undefined,
      regions: regions.map(({ slug, available, sizes = [] }: Json): RegionFacts => ({
        slug,
        available: available === true,
        sizes,
        lacks: [
          ...(clusters.includes(slug) ? [] : ["Kubernetes"]),
          ...engines.flatMap(([name, engine, size]) =>
            engine?.regions?.includes(slug) !== true
              ? [name]
              : (engine.layouts ?? []).some((layout) => layout.sizes?.includes(size))
                ? []
                : [`${name} in the size ${size}`],
          ),
        ],
      })),
    };
  },
  judge({ config, regions, runs }) {
    const here = regions.find(({ slug }) => slug === config.region);
    const faults = faultsIn(here, config);
    if (faults.length === 0) return ok(`${config.region} has all of it`);
    if (runs) return ok(`${faults.join("\n")}\nWhat runs is not touched.`);
    const others = regions.filter(
      (each) => faultsIn(each, { ...config, region: each.slug as Region }).length === 0,
    );
    // The same city first: "nyc1" for "nyc3".
    const city = config.region.slice(0, 3);
    const nearest =
      others.find(({ slug }) => slug.startsWith(city)) ??
      (others.length > 0 ? others[0] : undefined);
    return fix(
      faults.join("\n") +
        (others.length === 0
          ? ""
          : `\nRegions with all of it: ${others.map(({ slug }) => slug).join(", ")}.`),
      nearest === undefined ? REGIONS_PAGE : `pulumi config set mastodon:region ${nearest.slug}`,
    );
  },
};

function faultsIn(
  facts: RegionFacts | undefined,
  config: Pick<StackConfig, "region" | "cluster">,
): readonly string[] {
  if (facts === undefined) return [`mastodon:region is "${config.region}", which is no region.`];
  return [
    ...judgedRegion(config, { known: facts }, false).faults.map((each) => `${each}.`),
    ...(facts.lacks.length === 0
      ? []
      : [`DigitalOcean has no ${facts.lacks.join(", no ")} in "${config.region}".`]),
  ];
}

/** `options` of a product: the client's name for the path is `optionsPath`. */
async function optionsOf(scene: Scene, product: Json): Promise<Json> {
  return await scene.value(async () => (await read(product.optionsPath))?.options ?? {});
}

interface Versions {
  readonly wanted: string;
  readonly offered: readonly string[];
  readonly runs: boolean;
}

export const kubernetesVersion: Line<Versions> = {
  number: 10,
  name: "kubernetes-version",
  checks: "the configured Kubernetes version is offered",
  async ask(scene) {
    const { cluster } = await scene.config();
    const { versions = [] } = await optionsOf(scene, (await scene.digitalocean()).kubernetes);
    const running = await scene.running().catch(() => undefined);
    const offered = (versions as Json[]).map(({ slug }) => String(slug));
    return { wanted: cluster.version, offered, runs: running !== undefined };
  },
  judge({ wanted, offered, runs }) {
    const { version, faults, warnings } = kubernetesToAskFor(wanted, { known: offered }, runs);
    return faults.length > 0
      ? fix(`${faults.join("\n")}.`, "npm run rehearse")
      : ok([`a new cluster gets ${version}`, ...warnings].join("\n"));
  },
};
