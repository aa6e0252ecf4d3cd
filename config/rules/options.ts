import { partsOf } from "../images.ts";
import { placeOf, endpointOf } from "../places.ts";
import type { Rule, RuleFault } from "../rules.ts";
import type { StackConfig } from "../schema.ts";
import { fateOf, ownerWords } from "../variables.ts";

/** How the optional parts of the configuration go together. Pure. */
export const OPTION_RULES: readonly Rule[] = [
  { needs: ["mail"], faults: mailIsNotBlocked },
  { needs: ["cluster", "metrics"], faults: queuesAreMeasured },
  { needs: ["search"], faults: searchIsEncrypted },
  { needs: ["signIn"], faults: somebodyCanSignIn },
  { needs: ["signIn"], faults: oneService },
  { needs: ["signIn"], faults: samlCanDecrypt },
  { needs: ["translation"], faults: oneTranslator },
  { needs: ["translation", "tracing"], faults: addressesAreEncrypted },
  { needs: ["fork"], faults: forkIsOneRelease },
  { needs: ["extraEnvironment"], faults: extraIsNotOwned },
];

const fault = (is: boolean, key: string, says: string): readonly RuleFault[] =>
  is ? [{ key, says }] : [];

/** Without numbers KEDA falls back to the pods that there are, and queues grow unseen. */
function queuesAreMeasured({ cluster, metrics }: StackConfig): readonly RuleFault[] {
  return fault(
    cluster.keda !== undefined && metrics === undefined,
    "cluster.keda",
    "asks a Prometheus for Sidekiq's queues, and nothing here tells it of them. Say where that Prometheus is, in mastodon:metrics.namespace, or leave keda out",
  );
}

/** https://docs.digitalocean.com/support/why-is-smtp-blocked: "SMTP port 25 is blocked on all Droplets". */
function mailIsNotBlocked({ mail }: StackConfig): readonly RuleFault[] {
  return (
    [
      ["mail", mail],
      ["mail.bulk", mail?.bulk],
    ] as const
  ).flatMap(([key, smtp]) =>
    smtp === undefined
      ? []
      : [
          ...fault(
            smtp.port === 25 && !isInside(smtp.server, smtp.network),
            `${key}.port`,
            "DigitalOcean lets nothing out on 25: mail would wait and fail without a word. Take 2525, or another that the provider listens on",
          ),
          ...fault(
            smtp.port === 465 && smtp.encryption === "starttls",
            `${key}.encryption`,
            'on 465 the provider speaks TLS from the first byte, and "starttls" would wait for a greeting that never comes. Set "tls"',
          ),
        ],
  );
}

function searchIsEncrypted({ search }: StackConfig): readonly RuleFault[] {
  return fault(
    search?.plaintext === true && !isInside(search.host, search.network),
    "search.plaintext",
    `posts and the password would go to "${search?.host}" readable for everyone on the way. Leave it out, or say where the server stands: mastodon:search.network: vpc`,
  );
}

function somebodyCanSignIn({ signIn }: StackConfig): readonly RuleFault[] {
  if (signIn === undefined) return [];
  const { oidc, saml, cas, ldap, only } = signIn;
  const redirecting = [oidc, saml, cas].some((service) => service !== undefined);
  return [
    ...fault(
      !redirecting && ldap === undefined,
      "signIn",
      "names no service. Add oidc, saml, cas or ldap below it, or leave it out",
    ),
    ...fault(
      only && !redirecting,
      "signIn.only",
      "takes the field for the password away, which LDAP needs. Leave it out, or add oidc, saml or cas",
    ),
  ];
}

function oneService({ signIn }: StackConfig): readonly RuleFault[] {
  const services = [signIn?.oidc, signIn?.saml, signIn?.cas].filter(
    (service) => service !== undefined,
  );
  return fault(
    signIn?.oneClick === true && services.length !== 1,
    "signIn.oneClick",
    `one button leads to one service, and there are ${services.length} of oidc, saml and cas. Keep one, or leave oneClick out`,
  );
}

function samlCanDecrypt({ signIn }: StackConfig): readonly RuleFault[] {
  const saml = signIn?.saml;
  return fault(
    saml?.wantEncryptedAssertions === true && saml.ownCertificate === undefined,
    "signIn.saml.wantEncryptedAssertions",
    "there is nothing to encrypt for: add ownCertificate, and its key as mastodon:samlPrivateKey",
  );
}

function oneTranslator({ translation }: StackConfig): readonly RuleFault[] {
  if (translation === undefined) return [];
  const { deepl, libreTranslate } = translation;
  return [
    ...fault(
      deepl === undefined && libreTranslate === undefined,
      "translation",
      "names no service. Add deepl or libreTranslate below it, or leave it out",
    ),
    ...fault(
      deepl !== undefined && libreTranslate !== undefined,
      "translation",
      "Mastodon asks DeepL and never the other where both are set. Keep one",
    ),
  ];
}

function addressesAreEncrypted({ translation, tracing }: StackConfig): readonly RuleFault[] {
  const { libreTranslate } = translation ?? {};
  return (
    [
      ["translation.libreTranslate.endpoint", libreTranslate?.endpoint, libreTranslate?.network],
      ["tracing.endpoint", tracing?.endpoint, tracing?.network],
    ] as const
  ).flatMap(([key, address, network]) =>
    fault(
      address?.startsWith("http://") === true &&
        !isInside(endpointOf(address).host, network ?? "internet"),
      key,
      `"${address}" is not encrypted, and everyone on the way could read it. Take https://, or say where the server stands: network: vpc beside it`,
    ),
  );
}

function forkIsOneRelease({ fork }: StackConfig): readonly RuleFault[] {
  if (fork === undefined) return [];
  const number = (version: string): string | undefined => /\d+\.\d+\.\d+/u.exec(version)?.[0];
  return [
    ...(["mastodon", "streaming"] as const).flatMap((image) => {
      const { tag } = partsOf(fork[image]);
      return fault(
        number(tag) !== undefined && number(tag) !== number(fork.release),
        `fork.${image}`,
        `its tag "${tag}" is not of ${fork.release}, which mastodon:fork.release says. Make them one release: migrations run by the one, and upgrades are compared by the other`,
      );
    }),
  ];
}

/** What a secret is usually called; its value would stand in a ConfigMap, and in the stack file, readable. */
const SECRET_NAME =
  /(^|_)(PASS(WORD)?|SECRET|TOKEN|CREDENTIALS?|(API|SECRET|PRIVATE|ACCESS)_KEY)$/u;

function extraIsNotOwned({ extraEnvironment }: StackConfig): readonly RuleFault[] {
  return (["rails", "streaming"] as const).flatMap((process) =>
    Object.keys(extraEnvironment[process]).flatMap((name) => {
      const key = `extraEnvironment.${process}.${name}`;
      const owner = ownerWords(name, process);
      if (owner !== undefined) return fault(true, key, owner);
      if (!/^[A-Z][A-Z0-9_]*$/u.test(name))
        return fault(
          true,
          key,
          `is no name of a variable: capital letters, digits and _, a letter first`,
        );
      // Of a name that is known, it is known whether it is a secret's.
      if (fateOf(name) === undefined && SECRET_NAME.test(name))
        return fault(
          true,
          key,
          "sounds like a secret, and would stand readable in the stack file and in a ConfigMap. There is no way in for secrets that this program does not know",
        );
      return [];
    }),
  );
}

/** Whether a host is in the cluster or in the VPC. */
function isInside(host: string, network: "internet" | "vpc"): boolean {
  const place = placeOf(host, network);
  return "namespace" in place || place.outside === "vpc";
}
