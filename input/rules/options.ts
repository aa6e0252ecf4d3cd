import { partsOf } from "../../domain/images.ts";
import { placeOf, endpointOf } from "../../domain/places.ts";
import { rule, type Rule, type RuleFault } from "./rule.ts";
import type { StackConfig } from "../../config/schema.ts";
import { fateOf, ownerWords } from "../../domain/variables/all.ts";

/** Validation rules for optional parts that involve more than one key. */
export const OPTION_RULES: readonly Rule[] = [
  rule(["mail"], mailIsNotBlocked),
  rule(["cluster", "metrics"], queuesAreMeasured),
  rule(["search"], searchIsEncrypted),
  rule(["signIn"], somebodyCanSignIn),
  rule(["signIn"], oneService),
  rule(["signIn"], samlCanDecrypt),
  rule(["translation"], oneTranslator),
  rule(["translation", "tracing"], addressesAreEncrypted),
  rule(["fork"], forkIsOneRelease),
  rule(["extraEnvironment"], extraIsNotOwned),
];

const fault = (
  is: boolean,
  key: string,
  says: string,
  more: Pick<RuleFault, "code" | "cures"> = {},
): readonly RuleFault[] => (is ? [{ key, says, ...more }] : []);

/** Without metrics KEDA keeps the current number of pods, and queues grow unnoticed. */
function queuesAreMeasured({
  cluster,
  metrics,
}: Pick<StackConfig, "cluster" | "metrics">): readonly RuleFault[] {
  return fault(
    cluster.keda !== undefined && metrics === undefined,
    "cluster.keda",
    "KEDA asks a Prometheus for Sidekiq's queues, and without metrics no Prometheus learns of them",
    {
      code: "keda-without-metrics",
      cures: [
        { set: { "metrics.namespace": "monitoring" }, note: "or where that Prometheus runs" },
        { remove: ["cluster.keda"] },
      ],
    },
  );
}

/**
 * https://docs.digitalocean.com/support/why-is-smtp-blocked: "SMTP port 25 is blocked on all
 * Droplets".
 */
function mailIsNotBlocked({ mail }: Pick<StackConfig, "mail">): readonly RuleFault[] {
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
            "DigitalOcean blocks outgoing port 25, so no mail would be delivered",
            {
              code: "mail-port-blocked",
              cures: [
                { set: { [`${key}.port`]: 2525 }, note: "or another port of your mail provider" },
              ],
            },
          ),
          ...fault(
            smtp.port === 465 && smtp.encryption === "starttls",
            `${key}.encryption`,
            'on port 465 the provider expects TLS from the first byte, and "starttls" would wait for a greeting that never comes',
            { code: "mail-port-needs-tls", cures: [{ set: { [`${key}.encryption`]: "tls" } }] },
          ),
        ],
  );
}

function searchIsEncrypted({ search }: Pick<StackConfig, "search">): readonly RuleFault[] {
  return fault(
    search?.plaintext === true && !isInside(search.host, search.network),
    "search.plaintext",
    `posts and the password would go to "${search?.host}" unencrypted, readable for everyone on the way`,
    {
      code: "search-unencrypted",
      cures: [
        { remove: ["search.plaintext"] },
        { set: { "search.network": "vpc" }, note: "if the server is in the VPC" },
      ],
    },
  );
}

function somebodyCanSignIn({ signIn }: Pick<StackConfig, "signIn">): readonly RuleFault[] {
  if (signIn === undefined) return [];
  const { oidc, saml, cas, ldap, only } = signIn;
  const redirecting = [oidc, saml, cas].some((service) => service !== undefined);
  return [
    ...fault(
      !redirecting && ldap === undefined,
      "signIn",
      "has no service. Add oidc, saml, cas or ldap below it",
      {
        code: "sign-in-without-service",
        cures: [{ remove: ["signIn"], note: "if no service is meant" }],
      },
    ),
    ...fault(only && !redirecting, "signIn.only", "removes the password field, which LDAP needs", {
      code: "sign-in-only-ldap",
      cures: [{ remove: ["signIn.only"], note: "or add oidc, saml or cas" }],
    }),
  ];
}

function oneService({ signIn }: Pick<StackConfig, "signIn">): readonly RuleFault[] {
  const services = [signIn?.oidc, signIn?.saml, signIn?.cas].filter(
    (service) => service !== undefined,
  );
  return fault(
    signIn?.oneClick === true && services.length !== 1,
    "signIn.oneClick",
    `one button leads to one service, and there are ${services.length} of oidc, saml and cas`,
    {
      code: "one-click-of-several",
      cures: [{ remove: ["signIn.oneClick"], note: "or keep one service" }],
    },
  );
}

function samlCanDecrypt({ signIn }: Pick<StackConfig, "signIn">): readonly RuleFault[] {
  const saml = signIn?.saml;
  return fault(
    saml?.wantEncryptedAssertions === true && saml.ownCertificate === undefined,
    "signIn.saml.wantEncryptedAssertions",
    "there is no certificate to encrypt for. Add ownCertificate, and its key as mastodon:samlPrivateKey",
    {
      code: "saml-without-certificate",
      cures: [{ remove: ["signIn.saml.wantEncryptedAssertions"], note: "if none is meant" }],
    },
  );
}

function oneTranslator({ translation }: Pick<StackConfig, "translation">): readonly RuleFault[] {
  if (translation === undefined) return [];
  const { deepl, libreTranslate } = translation;
  return [
    ...fault(
      deepl === undefined && libreTranslate === undefined,
      "translation",
      "has no service. Add deepl or libreTranslate below it",
      {
        code: "translation-without-service",
        cures: [{ remove: ["translation"], note: "if no service is meant" }],
      },
    ),
    ...fault(
      deepl !== undefined && libreTranslate !== undefined,
      "translation",
      "Mastodon uses DeepL only where both are set",
      {
        code: "two-translators",
        cures: [{ remove: ["translation.libreTranslate"] }, { remove: ["translation.deepl"] }],
      },
    ),
  ];
}

function addressesAreEncrypted({
  translation,
  tracing,
}: Pick<StackConfig, "translation" | "tracing">): readonly RuleFault[] {
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
      `"${address}" is not encrypted, and everyone on the way could read it`,
      {
        code: "address-unencrypted",
        cures: [
          { set: { [key]: address?.replace(/^http:/u, "https:") } },
          {
            set: { [key.replace(/endpoint$/u, "network")]: "vpc" },
            note: "if the server is in the VPC",
          },
        ],
      },
    ),
  );
}

function forkIsOneRelease({ fork }: Pick<StackConfig, "fork">): readonly RuleFault[] {
  if (fork === undefined) return [];
  const number = (version: string): string | undefined => /\d+\.\d+\.\d+/u.exec(version)?.[0];
  return [
    ...(["mastodon", "streaming"] as const).flatMap((image) => {
      const { tag } = partsOf(fork[image]);
      return fault(
        number(tag) !== undefined && number(tag) !== number(fork.release),
        `fork.${image}`,
        `its tag "${tag}" is not of "${fork.release}", which mastodon:fork.release is set to. Set both to one release: migrations run by the one, and upgrades are compared by the other`,
        { code: "fork-of-two-releases" },
      );
    }),
  ];
}

/**
 * Names that secrets usually have. Such a value would be readable in a ConfigMap and in the stack
 * file.
 */
const SECRET_NAME =
  /(^|_)(PASS(WORD)?|SECRET|TOKEN|CREDENTIALS?|(API|SECRET|PRIVATE|ACCESS)_KEY)$/u;

function extraIsNotOwned({
  extraEnvironment,
}: Pick<StackConfig, "extraEnvironment">): readonly RuleFault[] {
  return (["rails", "streaming"] as const).flatMap((process) =>
    Object.keys(extraEnvironment[process]).flatMap((name) => {
      const key = `extraEnvironment.${process}.${name}`;
      const owner = ownerWords(name, process);
      if (owner !== undefined)
        return fault(true, key, owner, { code: "variable-owned", cures: [{ remove: [key] }] });
      if (!/^[A-Z][A-Z0-9_]*$/u.test(name))
        return fault(
          true,
          key,
          "is not a variable's name, which has capital letters, digits and _, a letter first",
          { code: "variable-name", cures: [{ remove: [key] }] },
        );
      // For a known name it is also known whether it is a secret's.
      if (fateOf(name) === undefined && SECRET_NAME.test(name))
        return fault(
          true,
          key,
          "looks like a secret, and would be stored unencrypted in the stack file and in a ConfigMap. extraEnvironment does not support secrets",
          { code: "variable-secret", cures: [{ remove: [key] }] },
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
