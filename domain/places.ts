/** Location of an operator's server, for a NetworkPolicy. */
export type Place = { readonly outside: "internet" | "vpc" } | { readonly namespace: string };

/**
 * Location of a host. A `<service>.<namespace>.svc` name is inside the cluster. For any other host,
 * the `network` key says where it is.
 */
export function placeOf(host: string, network: "internet" | "vpc"): Place {
  const namespace = /^[^.]+\.([^.]+)\.svc(?:\.cluster\.local)?$/u.exec(host)?.[1];
  return namespace === undefined ? { outside: network } : { namespace };
}

/** Host and port of a URL. */
export function endpointOf(address: string): { readonly host: string; readonly port: number } {
  const { hostname, port, protocol } = new URL(address);
  return { host: hostname, port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port) };
}
