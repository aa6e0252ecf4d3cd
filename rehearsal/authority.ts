import "reflect-metadata"; // First: @peculiar/x509 (through tsyringe) refuses to load without it.
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

/** A private key (PKCS #8) and the certificate for it, as PEM. */
export interface KeyPair {
  readonly key: string;
  readonly certificate: string;
}

/** Purpose of a certificate: server, client or CA, and its names. */
export interface CertificateRequest {
  /** `CN=…` */
  readonly subject: string;
  readonly usages: readonly ("server" | "client")[];
  /** Names and addresses by which clients may verify the server. */
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
}

/** A certificate authority of one run. */
export interface Authority {
  readonly pair: KeyPair;
  issue(request: CertificateRequest): Promise<KeyPair>;
}

/** P-256: a key takes less than a millisecond, and every client here accepts it. */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const USAGES = {
  server: ExtendedKeyUsage.serverAuth,
  client: ExtendedKeyUsage.clientAuth,
} as const;
/**
 * Ten days: longer than any rehearsal that is kept open, and short, so that a key left in a folder
 * expires soon.
 */
const LIFETIME_MS = 10 * 24 * 3_600 * 1_000;

/** Creates an authority. `subject` is `CN=…`. */
export async function makeAuthority(subject: string): Promise<Authority> {
  const caKeys = await newKeys();
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...commonFields(subject),
    keys: caKeys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    pair: await pairOf(caKeys.privateKey, ca),
    async issue(request) {
      const keys = await newKeys();
      const alternatives = [
        ...(request.addresses ?? []).map((value) => ({ type: "ip" as const, value })),
        ...(request.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
      ];
      const certificate = await X509CertificateGenerator.create({
        ...commonFields(request.subject),
        issuer: ca.subject,
        publicKey: keys.publicKey,
        signingKey: caKeys.privateKey,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension(request.usages.map((usage) => USAGES[usage])),
          ...(alternatives.length > 0 ? [new SubjectAlternativeNameExtension(alternatives)] : []),
        ],
      });
      return pairOf(keys.privateKey, certificate);
    },
  };
}

/** A key pair that does not sign certificates: both halves as PEM. */
export async function makeSigningKeys(): Promise<{
  readonly key: string;
  readonly publicKey: string;
}> {
  const keys = await newKeys();
  return {
    key: await privatePem(keys.privateKey),
    publicKey: PemConverter.encode(
      await webcrypto.subtle.exportKey("spki", keys.publicKey),
      "PUBLIC KEY",
    ),
  };
}

function commonFields(subject: string) {
  const now = Date.now();
  return {
    subject,
    name: subject, // Serial number of a self-signed certificate.
    serialNumber: randomBytes(15).toString("hex"),
    // A minute of slack, in case the clock is set back during the run.
    notBefore: new Date(now - 60_000),
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
