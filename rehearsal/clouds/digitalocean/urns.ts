import type { World } from "../world.ts";

/** Under which property each kind of member shows its URN. */
const KINDS: Readonly<Record<string, { readonly type: string; readonly property: string }>> = {
  kubernetes: {
    type: "digitalocean:index/kubernetesCluster:KubernetesCluster",
    property: "clusterUrn",
  },
  dbaas: { type: "digitalocean:index/databaseCluster:DatabaseCluster", property: "clusterUrn" },
};

/**
 * A reason to refuse a text that is no URN of DigitalOcean's (digitalocean/openapi
 * `specification/shared/attributes/urn.yml`).
 */
export function isUrn(value: unknown): string | undefined {
  return /^do:[a-z_]+:.+$/.test(String(value))
    ? undefined
    : `${String(value)} is no URN as do:kubernetes:<id>`;
}

/**
 * Whether there is something under this URN. Kinds that the rehearsal doesn't have are said to
 * exist: it can't know.
 */
export function urnExists(world: World, urn: string): boolean {
  const kind = KINDS[urn.split(":")[1] ?? ""];
  return (
    kind === undefined ||
    world.find(kind.type, (properties) => properties[kind.property] === urn).length > 0
  );
}
