/**
 * DOKS version slugs that the rehearsal and the plan in memory offer, newest first. Three minors
 * are supported at a time
 * (https://docs.digitalocean.com/products/kubernetes/details/supported-releases/). The slugs are
 * those last seen in public.
 */
export const KUBERNETES_VERSIONS = [
  "1.36.0-do.3",
  "1.36.0-do.2",
  "1.35.1-do.6",
  "1.34.5-do.6",
] as const;
