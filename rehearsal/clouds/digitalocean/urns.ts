import type { World } from "../world.ts";

/** Property that contains the URN of each kind of member. */
const KINDS: Readonly<Record<string, { readonly type: string; readonly property: string }>> = {
  kubernetes: {
    type: "digitalocean:index/kubernetesCluster:KubernetesCluster",
    property: "clusterUrn",
  },
  dbaas: { type: "digitalocean:index/databaseCluster:DatabaseCluster", property: "clusterUrn" },
};

/**
 * Refuses a text that is no URN of DigitalOcean's (digitalocean/openapi
 * `specification/shared/attributes/urn.yml`).
 */
export function isUrn(value: unknown): string | undefined {
  return /^do:[a-z_]+:.+$/.test(String(value))
    ? undefined
    : `${String(value)} is no URN as do:kubernetes:<id>`;
}

/** Whether an object with this URN exists. True for kinds that the rehearsal doesn't simulate. */
export function urnExists(world: World, urn: string): boolean {
  const kind = KINDS[urn.split(":")[1] ?? ""];
  return (
    kind === undefined ||
    world.find(kind.type, (properties) => properties[kind.property] === urn).length > 0
  );
}
