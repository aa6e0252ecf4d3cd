import { z } from "zod";
import { address, flag, network } from "./values.ts";

/** The key `captcha`. */
export const captchaSchema = z
  .strictObject({
    siteKey: z
      .string()
      .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u)
      .meta({
        description: "`HCAPTCHA_SITE_KEY`, from hCaptcha's page of the site.",
        allowed: "a UUID in lower case, as hCaptcha shows it",
        examples: ["01234567-89ab-cdef-0123-456789abcdef"],
      }),
  })
  .optional()
  .meta({
    description:
      "hCaptcha for new members, who see it with the mail that confirms their address; it is then switched on in the admin page. Its secret: `hcaptchaSecretKey`.",
  });

/** The key `translation`. */
export const translationSchema = z
  .strictObject({
    deepl: z
      .strictObject({
        plan: z.enum(["free", "pro"]).default("free").meta({
          description: "`DEEPL_PLAN`: each has a host of its own, which knows only its own keys.",
        }),
      })
      .optional()
      .meta({ description: "By DeepL. Its secret: `deeplApiKey`." }),
    libreTranslate: z
      .strictObject({
        endpoint: address(
          "`LIBRE_TRANSLATE_ENDPOINT`. Plain HTTP only inside the cluster or the VPC.",
          "https://libretranslate.example.net",
          { http: true },
        ),
        apiKey: flag("Whether it asks for a key, the secret `libreTranslateApiKey`."),
        network: network("it"),
      })
      .optional()
      .meta({ description: "By a LibreTranslate of one's own or of others." }),
  })
  .optional()
  .meta({
    description: "The button that translates a post, by one of the two. Left out, there is none.",
  });
