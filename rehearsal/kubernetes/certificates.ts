import { makeAuthority, makeSigningKeys, type Authority, type KeyPair } from "../authority.ts";

/**
 * A control plane's keys and certificates, as PEM. Each cluster has its own. Except for `ca`, they
 * never leave its folder.
 */
export interface Certificates {
  /** Signs all others. The controller-manager uses its key for CertificateSigningRequests. */
  readonly ca: KeyPair;
  /** Issues further certificates, for example for kubelets. */
  readonly issue: Authority["issue"];
  /**
   * Certificate of the API server, for clients and (as a client) for kubelets. kwok serves with it,
   * too.
   */
  readonly server: KeyPair;
  /** The API server's certificate as an aggregation proxy, which extension API servers require. */
  readonly frontProxy: KeyPair;
  /**
   * Signs ServiceAccount tokens. The API server verifies them with the public half, in a separate
   * file.
   */
  readonly serviceAccounts: { readonly key: string; readonly publicKey: string };
}

/**
 * Creates a control plane's certificates. `addresses` and `names` are those under which clients may
 * reach the API server.
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
