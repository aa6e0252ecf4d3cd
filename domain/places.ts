/** Location of a server of the operator's, as far as a NetworkPolicy needs it. */
export type Place = { readonly outside: "internet" | "vpc" } | { readonly namespace: string };

/**
 * The place of a host. One that is called as Services are stands in the cluster, in the namespace
 * of its name; of any other only the operator knows.
 */
export function placeOf(host: string, network: "internet" | "vpc"): Place {
  const namespace = /^[^.]+\.([^.]+)\.svc(?:\.cluster\.local)?$/u.exec(host)?.[1];
  return namespace === undefined ? { outside: network } : { namespace };
}

/** The host and port of an address of the web. */
export function endpointOf(address: string): { readonly host: string; readonly port: number } {
  const { hostname, port, protocol } = new URL(address);
  return { host: hostname, port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port) };
}
