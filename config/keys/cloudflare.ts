import { z } from "zod";
import { CLOUDFLARE_PLANS } from "../../facts/cloudflare/plans.ts";
import { hostName } from "./values.ts";

/** An identifier of Cloudflare's. */
const cloudflareId = (what: string) =>
  z
    .string()
    .regex(/^[0-9a-f]{32}$/u)
    .meta({
      description: `Cloudflare's id of the ${what}, from the zone's overview page.`,
      allowed: "32 hex digits in quotes, as the zone's overview page shows them",
      examples: ["0123456789abcdef0123456789abcdef"],
    });

/** Address or range, IPv4 or IPv6, as `ip.src` accepts them. */
const addressRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]).meta({
  description: "An address or a range.",
  allowed: "an IPv4 or IPv6 address or range",
  examples: ["203.0.113.0/24"],
});

/** The key `cloudflare`: the zone and the settings of the edge. */
export const cloudflareSchema = z
  .strictObject({
    accountId: cloudflareId("account"),
    zoneId: cloudflareId("zone"),
    zone: hostName(
      "The zone's own name. Left out, `domain` or `webDomain`, whichever the other is below of.",
    ).optional(),
    plan: z.enum(CLOUDFLARE_PLANS).default("free").meta({
      description:
        "The zone's plan: how many rules it may have, and what they may look at. Free is enough; a paid one adds an error page of our own and longer waits for who tries passwords.",
    }),
    sharedZone: z.boolean().default(false).meta({
      description:
        "Other sites live in the zone, too. Its settings and CAA records are left alone then, and what can be set for the server's own hosts is set for them.",
    }),
    advancedCertificate: z.boolean().default(false).meta({
      description:
        "The zone has a certificate of Advanced Certificate Manager, a paid addition, for hosts deeper than the free one covers.",
    }),
    apex: z.enum(["redirect", "site", "elsewhere"]).default("redirect").meta({
      description:
        "What is at `domain`, where `webDomain` is another host: nothing, so that all of it leads to the server (`redirect`); somebody's site behind a proxied record of this zone, where only the ways to accounts are redirected (`site`); or a site that this zone does not serve, whose own web server must do that (`elsewhere`).",
    }),
    www: z.boolean().default(false).meta({
      description: "Whether `www.` of `domain` leads to the server.",
    }),
    keepPublicDocuments: z.boolean().default(true).meta({
      description:
        "Whether the edge keeps the few documents that are the same for everyone, for the minutes to days that Mastodon says. It never does where `federation` shows the server to members or chosen servers only.",
    }),
    otherStaticPaths: z
      .array(
        z
          .string()
          .regex(/^\/[\w./-]+$/u)
          .meta({
            description: "Beginning of a path.",
            allowed: "the beginning of a path, with its slash",
            examples: ["/custom/"],
          }),
      )
      .max(20)
      .default([])
      .meta({
        description:
          "Static files that this server's image has beside Mastodon's own, by the beginning of their path: the assets host answers nothing else.",
      }),
    blockedAddresses: z.array(addressRange).max(100).default([]).meta({
      description: "Who gets nothing at all. It costs one of the plan's firewall rules.",
    }),
  })
  .meta({ description: "The zone that the hosts are in, and what stands at the edge." });

/** The key `hosts`: names other than the derived ones. */
export const hostsSchema = z
  .strictObject({
    streaming: hostName(
      "Where streaming answers. Left out, `streaming.` of `webDomain`.",
    ).optional(),
    assets: hostName("Where static files are. Left out, `assets.` of `webDomain`.").optional(),
  })
  .prefault({})
  .meta({
    description:
      "Names of the other hosts, where the derived ones won't do: of a server that moves in, or deeper than the certificate covers.",
  });

const dkim = z.strictObject({
  selector: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/u)
    .meta({
      description: "Name of the key: its record is `<selector>._domainkey.`.",
      allowed: "a selector as the mail provider names it, in lower case",
      examples: ["mail"],
    }),
  publicKey: z
    .string()
    .regex(/^[A-Za-z0-9+/]{40,800}={0,2}$/u)
    .optional()
    .meta({
      description: "The key itself, without `p=`; or `target`.",
      allowed: "a public key in base64, without the words around it",
      examples: ["MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC7"],
    }),
  target: hostName("The provider's record that holds the key; or `publicKey`.").optional(),
});

/** The key `dns`: records in addition to those of the hosts. */
export const dnsSchema = z
  .strictObject({
    caa: z
      .strictObject({
        issuers: z
          .array(hostName("A certificate authority."))
          .min(1)
          .default(["letsencrypt.org", "pki.goog", "ssl.com"])
          .meta({
            description:
              "Who may issue certificates for the zone. The default are Cloudflare's; while its own certificate is on, Cloudflare adds what it needs by itself.",
          }),
        contact: z
          .email()
          .optional()
          .meta({
            description: "Who is written to when another one was asked for a certificate.",
            allowed: "an e-mail address",
            examples: ["security@example.social"],
          }),
      })
      .prefault({})
      .meta({ description: "CAA records of the zone; none where it is shared." }),
    later: z
      .array(hostName("A host."))
      .default([])
      .meta({
        description:
          "Hosts of this server whose records lead to another one still: none is made for them until they are taken out of this list, on the night of a move.",
        examples: [["example.social"]],
      }),
    mail: z
      .strictObject({
        domain: hostName("The sender's domain. Left out, `domain`.").optional(),
        spfIncludes: z
          .array(hostName("A provider's record."))
          .min(1)
          .max(9)
          .meta({
            description:
              "Records of who may send for the domain. Nine at most: a receiver looks up ten names and then gives up.",
            examples: [["spf.example.net"]],
          }),
        dkim: z.array(dkim).default([]).meta({
          description: "Keys that mails are signed with.",
        }),
        dmarc: z
          .strictObject({
            policy: z.enum(["none", "quarantine", "reject"]).default("none").meta({
              description:
                "What receivers do with a mail that is neither from who may send nor signed. Begin with `none` and reports, and go on when they are clean.",
            }),
            reports: z
              .email()
              .optional()
              .meta({
                description: "Who gets receivers' daily reports.",
                allowed: "an e-mail address",
                examples: ["dmarc@example.social"],
              }),
          })
          .prefault({})
          .meta({ description: "DMARC." }),
      })
      .optional()
      .meta({
        description:
          "Records by which receivers tell the server's mail from others'. Left out, none is made or touched.",
      }),
  })
  .prefault({})
  .meta({ description: "Records beside those of the hosts." });
