import "reflect-metadata"; // First: @peculiar/x509 (by way of tsyringe) refuses to load without it.
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from "@peculiar/x509";
import { randomBytes, webcrypto } from "node:crypto";

/** A control plane's keys and certificates, as PEM. Made anew for each cluster; they never leave its folder but for `ca`. */
export interface Certificates {
  /** Signs all below. Its key is the controller-manager's, for CertificateSigningRequests. */
  readonly ca: KeyPair;
  /** The API server's, for clients and (as a client) for kubelets; kwok serves with it too. */
  readonly server: KeyPair;
  /** The API server's as an aggregation proxy, which extension API servers ask for. */
  readonly frontProxy: KeyPair;
  /** Signs ServiceAccount tokens. The API server checks them with the public half, which it takes as a file of its own. */
  readonly serviceAccounts: { readonly key: string; readonly publicKey: string };
}

/** A private key (PKCS #8) and the certificate for it. */
export interface KeyPair {
  readonly key: string;
  readonly certificate: string;
}

/** P-256: made in under a millisecond, and every client of Kubernetes accepts it. */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Ten days: longer than any rehearsal that is kept up, short enough that a key left in a folder is soon worth nothing. */
const LIFETIME_MS = 10 * 24 * 3600 * 1000;

/** Makes a control plane's certificates. `addresses` and `names` are what clients may call the API server. */
export async function makeCertificates(
  addresses: readonly string[],
  names: readonly string[],
): Promise<Certificates> {
  const caKeys = await newKeys();
  const caCertificate = await X509CertificateGenerator.createSelfSigned({
    ...commonFields("CN=rehearsal-cluster-ca"),
    keys: caKeys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  const issue = async (
    subject: string,
    usages: readonly ExtendedKeyUsage[],
    alternatives: readonly { type: "ip" | "dns"; value: string }[] = [],
  ): Promise<KeyPair> => {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      ...commonFields(subject),
      issuer: caCertificate.subject,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([...usages]),
        ...(alternatives.length > 0
          ? [new SubjectAlternativeNameExtension([...alternatives])]
          : []),
      ],
    });
    return pairOf(keys.privateKey, certificate);
  };
  const [server, frontProxy, serviceAccountKeys] = await Promise.all([
    issue(
      "CN=kube-apiserver",
      [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth],
      [
        ...addresses.map((value) => ({ type: "ip" as const, value })),
        ...names.map((value) => ({ type: "dns" as const, value })),
      ],
    ),
    issue("CN=front-proxy", [ExtendedKeyUsage.clientAuth]),
    newKeys(),
  ]);
  return {
    ca: await pairOf(caKeys.privateKey, caCertificate),
    server,
    frontProxy,
    serviceAccounts: {
      key: await privatePem(serviceAccountKeys.privateKey),
      publicKey: PemConverter.encode(
        await webcrypto.subtle.exportKey("spki", serviceAccountKeys.publicKey),
        "PUBLIC KEY",
      ),
    },
  };
}

function commonFields(subject: string) {
  const now = Date.now();
  return {
    subject,
    name: subject, // What a self-signed certificate calls it.
    serialNumber: randomBytes(15).toString("hex"),
    notBefore: new Date(now - 60_000), // A minute of slack for a clock that is set back while we run.
    notAfter: new Date(now + LIFETIME_MS),
    signingAlgorithm: ALGORITHM,
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

async function pairOf(key: webcrypto.CryptoKey, certificate: X509Certificate): Promise<KeyPair> {
  return { key: await privatePem(key), certificate: certificate.toString("pem") };
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}
