import { z } from "zod";

const variables = (of: string) =>
  z
    .record(
      z.string(),
      z
        .string()
        .regex(/^[^\p{C}]*$/u)
        .meta({
          description: "A value.",
          allowed: "a text of one line; numbers, true and false in quotes",
          examples: ["de"],
        }),
    )
    .default({})
    .meta({ description: `Variables of ${of}, by name; values in quotes.` });

/** The key `extraEnvironment`. */
export const extraEnvironmentSchema = z
  .strictObject({ rails: variables("web, Sidekiq and Jobs"), streaming: variables("streaming") })
  .prefault({})
  .meta({
    description:
      "What Mastodon or a fork reads and no key here sets. In the clear, so no secrets; what this program sets itself is refused.",
  });
