import { imagesOf, unpinnedWarning } from "../../domain/images.ts";
import { NAMESPACE } from "../../input/namespaces.ts";
import { neededSecrets } from "../../input/needed-secrets.ts";
import type { StackConfig } from "../../config/schema.ts";
import { SECRET_KEYS } from "../../config/secret-keys/values.ts";
import { placeholdersOf } from "../../domain/shipped.ts";
import type { StackText } from "../../input/stack-text.ts";
import { updateTimeWarning } from "../../domain/update-length.ts";

/** Warnings before a first update, the most urgent first. They contain no secret value. */
export function warningsOf(config: StackConfig, { texts }: StackText): readonly string[] {
  const isSet = (key: string): boolean => `${NAMESPACE}:${key}` in texts;
  const missing = SECRET_KEYS.filter((key) => !isSet(key));
  const placeholders = [...new Set(placeholdersOf(config).map(({ key }) => key))];
  return [
    ...(placeholders.length === 0
      ? []
      : [
          `This is not filled in: sizes, order and cost hold, names and ids are placeholders. A preview refuses ${placeholders.join(", ")}.`,
        ]),
    ...(missing.length === 0
      ? []
      : [
          `${missing.length} of ${SECRET_KEYS.length} secrets are not in the file yet: npm run secrets -- init makes them.`,
        ]),
    ...neededSecrets(config)
      .filter(({ key }) => !isSet(key))
      .map(({ key, because }) => `${because}, but ${NAMESPACE}:${key} is not set.`),
    ...(config.mail === undefined
      ? ["No mail goes out before mastodon:mail is set: nobody could confirm an address."]
      : []),
    ...(config.alerts.emails.length === 0 && config.alerts.slackChannel === undefined
      ? ["Nobody is told when a page no longer opens: mastodon:alerts names no one."]
      : []),
    ...[unpinnedWarning(Object.values(imagesOf(config))), updateTimeWarning(config)].flatMap(
      (warning) => warning?.replaceAll(/\s*\n\s*/gu, " ") ?? [],
    ),
  ];
}
