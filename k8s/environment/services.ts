import type { StackConfig } from "../../config/schema.ts";
import type { StackSecrets } from "../../config/secret-keys/values.ts";
import { given, type Variables } from "./variables.ts";

/** hCaptcha, which a new member solves in web (mastodon/documentation `admin/optional/captcha`). */
export function captcha(
  { captcha: config }: Pick<StackConfig, "captcha">,
  secrets: StackSecrets,
): Variables {
  return config === undefined
    ? { plain: {}, secret: {} }
    : {
        plain: { HCAPTCHA_SITE_KEY: config.siteKey },
        secret: given({ HCAPTCHA_SECRET_KEY: secrets.hcaptchaSecretKey }),
      };
}

/**
 * The service that translates a post; web asks it (mastodon/mastodon
 * `app/lib/translation_service.rb`).
 */
export function translation(
  { translation: config }: Pick<StackConfig, "translation">,
  secrets: StackSecrets,
): Variables {
  const { deepl, libreTranslate } = config ?? {};
  return {
    plain: given({
      DEEPL_PLAN: deepl?.plan,
      LIBRE_TRANSLATE_ENDPOINT: libreTranslate?.endpoint,
    }),
    secret: given({
      ...(deepl === undefined ? {} : { DEEPL_API_KEY: secrets.deeplApiKey }),
      ...(libreTranslate?.apiKey === true
        ? { LIBRE_TRANSLATE_API_KEY: secrets.libreTranslateApiKey }
        : {}),
    }),
  };
}
