import { parse } from "yaml";
import { SECRETS, type SecretKey } from "../../config/secret-keys/all.ts";
import { importEnv, type Imported, type ImportOptions } from "../../ops/env/import.ts";
import { makeSecrets } from "../../ops/secrets/make.ts";
import { SecretStore } from "../../ops/secrets/store.ts";
import { project } from "./fake-pulumi.ts";

/** Values of the flags. */
export const GIVEN = {
  profile: "medium",
  region: "nyc3",
  "cluster.version": "1.35.1-do.6",
  "cloudflare.accountId": "a1".repeat(16),
  "cloudflare.zoneId": "b2".repeat(16),
};

const made = makeSecrets();

/** Lines that every server since Mastodon 4.3 has: its keys. */
export const KEYS: Readonly<Record<string, string>> = Object.fromEntries(
  SECRETS.flatMap(({ key, env }) =>
    env === undefined || made[key] === undefined ? [] : [[env, made[key]]],
  ),
);

/** A file with these settings, and default keys unless they are set; `undefined` removes one. */
export function oldServer(settings: Readonly<Record<string, string | undefined>>): string {
  return Object.entries({ LOCAL_DOMAIN: "example.org", S3_ENABLED: "true", ...KEYS, ...settings })
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}\n`]))
    .join("");
}

/** A new stack of `pulumi stack init`, and the import into it. */
export function importShop(stackFile = "config: {}\nencryptionsalt: v1:salt\n") {
  const at = project(stackFile);
  const store = new SecretStore(at.cwd, "prod", at.pulumi.run, at.temporary);
  return {
    ...at,
    store,
    run: (text: string, options: Partial<ImportOptions> = {}): Promise<Imported> =>
      importEnv(store, { text, given: GIVEN, replace: false, dryRun: false, ...options }),
    values: async (): Promise<Readonly<Partial<Record<SecretKey, string>>>> =>
      (await store.held()).values,
    raw: (): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries((parse(at.text()) as { config: Record<string, unknown> }).config)
          .map(([key, value]) => [key.slice("mastodon:".length), value] as const)
          .filter(([key]) => !SECRETS.some((row) => row.key === key)),
      ),
  };
}

/** Reason for each skipped line. */
export function leftOf({ rows }: Imported): Readonly<Record<string, string>> {
  return Object.fromEntries(rows.filter((row) => !row.carried).map((row) => [row.name, row.says]));
}
