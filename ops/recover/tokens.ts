import type { CloudAccess } from "./clouds.ts";

/** Tokens of both clouds in a shell's environment (docs/operate.md, "Tokens"). */

type Environment = Readonly<Record<string, string | undefined>>;

/** DigitalOcean's token. @throws Error in a sentence if there is none. */
export function digitaloceanTokenIn(environment: Environment): string {
  return tokenIn(environment, "DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN");
}

/** Cloudflare's token. @throws Error in a sentence if there is none. */
export function cloudflareTokenIn(environment: Environment): string {
  return tokenIn(environment, "CLOUDFLARE_API_TOKEN");
}

/** Both tokens. @throws Error in a sentence if one is missing. */
export function tokensIn(
  environment: Environment,
): Pick<CloudAccess, "digitaloceanToken" | "cloudflareToken"> {
  return {
    digitaloceanToken: digitaloceanTokenIn(environment),
    cloudflareToken: cloudflareTokenIn(environment),
  };
}

function tokenIn(environment: Environment, ...names: readonly string[]): string {
  const value = names.map((name) => environment[name]).find(Boolean);
  if (value !== undefined) return value;
  throw new Error(
    `${names.join(" or ")} is not set, so its cloud can't be asked. Nothing was changed. Export it: docs/operate.md, "Tokens".`,
  );
}
