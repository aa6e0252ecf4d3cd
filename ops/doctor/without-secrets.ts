import type { Outcome } from "./line.ts";
import type { Environment } from "./world.ts";

/** Variables of `docs/operate.md` whose values are secrets. */
const SECRET_VARIABLES = [
  "DIGITALOCEAN_TOKEN",
  "DIGITALOCEAN_ACCESS_TOKEN",
  "CLOUDFLARE_API_TOKEN",
  "PULUMI_CONFIG_PASSPHRASE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "GITHUB_TOKEN",
  "GH_TOKEN",
] as const;

/** Shortest value that is replaced. A shorter one would be found in ordinary words. */
const SHORTEST = 6;

/**
 * The outcome without any secret of the environment. No line prints one; but a reason can be
 * another program's own words, and a program may repeat its input.
 */
export function withoutSecrets(outcome: Outcome, environment: Environment): Outcome {
  const says = clean(outcome.says, environment);
  if (!("cure" in outcome) || outcome.cure === undefined) return { ...outcome, says } as Outcome;
  return { ...outcome, says, cure: clean(outcome.cure, environment) } as Outcome;
}

/** A text in which each secret of the environment is replaced by the name of its variable. */
export function clean(text: string, environment: Environment): string {
  return SECRET_VARIABLES.reduce((words, name) => {
    const value = environment[name];
    return value === undefined || value.length < SHORTEST
      ? words
      : words.replaceAll(value, `[${name}]`);
  }, text);
}
