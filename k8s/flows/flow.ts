/** One row of the table of connections. */

/** A destination outside the namespace. */
export type Outside = "dns" | "databases" | "vpc" | "internet" | "cloudflare" | "anywhere";

/** One allowed kind of connection. */
export interface Flow {
  /** Name of the policy. */
  readonly name: string;
  /** Components by their label, all of them, or all pods of another namespace. */
  readonly from: readonly string[] | "every pod" | { readonly namespace: string };
  /** Also all pods of another namespace, in which the operator runs a server. */
  readonly to:
    { readonly component: string } | { readonly outside: Outside } | { readonly namespace: string };
  readonly ports: readonly { readonly port: number; readonly protocol: "TCP" | "UDP" }[];
  readonly why: string;
}

/** TCP ports. */
export function tcp(...ports: readonly number[]): Flow["ports"] {
  return ports.map((port) => ({ port, protocol: "TCP" as const }));
}

/** Postgres' direct port (digitalocean/openapi, `databases`). */
export const DIRECT_PORT = 25_060;
