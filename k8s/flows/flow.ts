/** One row of the table of connections. Pure. */

/** A destination outside the namespace. */
export type Outside = "dns" | "databases" | "vpc" | "internet" | "cloudflare" | "anywhere";

/** One allowed kind of connection. */
export interface Flow {
  /** Names the policy. */
  readonly name: string;
  /** Components by their label, or all of them; or whatever is in another namespace. */
  readonly from: readonly string[] | "every pod" | { readonly namespace: string };
  /** Also whatever is in another namespace, where the operator runs a server of that. */
  readonly to:
    { readonly component: string } | { readonly outside: Outside } | { readonly namespace: string };
  readonly ports: readonly { readonly port: number; readonly protocol: "TCP" | "UDP" }[];
  readonly why: string;
}

/** Ports by TCP. */
export function tcp(...ports: readonly number[]): Flow["ports"] {
  return ports.map((port) => ({ port, protocol: "TCP" as const }));
}
