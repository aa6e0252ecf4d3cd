import { makeAuthority, makeSigningKeys, type Authority, type KeyPair } from "../authority.ts";

/**
 * A control plane's keys and certificates, as PEM. Made anew for each cluster; they never leave its
 * folder but for `ca`.
 */
export interface Certificates {
  /** Signs all below. Its key is the controller-manager's, for CertificateSigningRequests. */
  readonly ca: KeyPair;
  /** Makes more of them: kubelets', by which their numbers are asked for. */
  readonly issue: Authority["issue"];
  /** The API server's, for clients and (as a client) for kubelets; kwok serves with it too. */
  readonly server: KeyPair;
  /** The API server's as an aggregation proxy, which extension API servers ask for. */
  readonly frontProxy: KeyPair;
  /**
   * Signs ServiceAccount tokens. The API server checks them with the public half, which it takes as
   * a file of its own.
   */
  readonly serviceAccounts: { readonly key: string; readonly publicKey: string };
}

/**
 * Makes a control plane's certificates. `addresses` and `names` are what clients may call the API
 * server.
 */
export async function makeCertificates(
  addresses: readonly string[],
  names: readonly string[],
): Promise<Certificates> {
  const authority = await makeAuthority("CN=rehearsal-cluster-ca");
  const [server, frontProxy, serviceAccounts] = await Promise.all([
    authority.issue({
      subject: "CN=kube-apiserver",
      usages: ["server", "client"],
      addresses,
      dnsNames: names,
    }),
    authority.issue({ subject: "CN=front-proxy", usages: ["client"] }),
    makeSigningKeys(),
  ]);
  return { ca: authority.pair, issue: authority.issue, server, frontProxy, serviceAccounts };
}
