import { writeFileSync } from "node:fs";
import { parse } from "yaml";
import type { HeldSecrets } from "../../input/secret-faults.ts";
import type { SecretKey } from "../../config/secret-keys/all.ts";
import { runSecrets, type SecretsWorld } from "../../ops/secrets/command.ts";
import { SecretStore } from "../../ops/secrets/store.ts";
import { project } from "./fake-pulumi.ts";

const SALT = "v1:salt-of-the-stack";
/** Passphrase of the state. */
export const STATE_PASSPHRASE = "the state's own passphrase";
/** A new stack of `pulumi stack init`. */
export const FRESH = `# The operator's own words.\nconfig:\n  mastodon:domain: example.social # never changes\n  mastodon:web: { replicas: 2, workers: 2, threads: 8 }\nencryptionsalt: ${SALT}\n`;

/** A project, and the command in it. */
export function shop(stackFile = FRESH, world: Partial<SecretsWorld> = {}) {
  const made = project(stackFile);
  const said: string[] = [];
  const run = (...args: readonly string[]): Promise<boolean> =>
    runSecrets(args, {
      say: (text) => said.push(text),
      confirm: () => Promise.resolve(undefined),
      environment: { PULUMI_CONFIG_PASSPHRASE: STATE_PASSPHRASE },
      now: () => new Date("2026-11-23T12:00:00Z"),
      pulumi: () => made.pulumi.run,
      cwd: made.cwd,
      temporary: made.temporary,
      ...world,
    });
  const held = async (): Promise<HeldSecrets> =>
    await new SecretStore(made.cwd, "prod", made.pulumi.run).held();
  /** A stack file with these secrets, as after `pulumi config set --secret`. */
  const setByHand = (values: Readonly<Partial<Record<SecretKey, string>>>): void => {
    const file = parse(made.text()) as { config: Record<string, unknown> };
    for (const [key, value] of Object.entries(values))
      file.config[`mastodon:${key}`] = { secure: made.pulumi.encrypt(value, SALT) };
    writeFileSync(made.file, JSON.stringify(file));
  };
  return { ...made, said, run, held, setByHand };
}
