import { Option } from "commander";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { StackConfig } from "../../config/schema.ts";
import { readConfig } from "../../input/stack-text.ts";
import { type Clouds, digitaloceanClient, openClouds } from "../recover/clouds.ts";
import { stackTextOf } from "../stack-file/texts.ts";
import { type AdoptedCluster, adoptCluster } from "./adopt-cluster.ts";
import type { Former } from "./origin.ts";

/** The commands of `npm run db` that write the source of the data into the stack file. */

/** Options of each of them. */
export interface StackOptions {
  readonly stack: string;
  readonly cwd: string;
  readonly former: Former;
}

/** The option for the fate of the database cluster before the new one. */
export function formerOption(): Option {
  return new Option("--former <fate>", "what becomes of the database cluster before it")
    .choices(["keep", "release"])
    .default("keep");
}

/** `npm run db -- adopt`. */
export async function adoptFromShell({
  id,
  former,
  ...at
}: StackOptions & { readonly id: string }): Promise<AdoptedCluster> {
  const digitalocean = await digitaloceanClient(digitaloceanToken());
  const [file, config] = [fileOf(at), await configOf(at)];
  return await adoptCluster({ id, config, file, former }, { digitalocean, patience: {} });
}

/** Both clouds' clients, with the tokens of docs/operate.md. */
export async function cloudsFromShell(): Promise<Clouds> {
  return await openClouds({
    digitaloceanToken: digitaloceanToken(),
    cloudflareToken: set("CLOUDFLARE_API_TOKEN"),
  });
}

/** The identity of a file, or of `BACKUP_IDENTITY_FILE`. @throws Error if neither is named. */
export async function identityFromShell(
  path = process.env["BACKUP_IDENTITY_FILE"],
): Promise<string> {
  if (path === undefined)
    throw new Error(
      "No identity: it opens the dump, and is in the escrow bundle (docs/secrets.md). Nothing was changed. Put it into a file, and name that by --identity FILE or BACKUP_IDENTITY_FILE.",
    );
  return identityIn(await readFile(path, "utf8"));
}

/** The identity in a file as `age-keygen` writes it, with comments. */
function identityIn(text: string): string {
  const line = text.split("\n").find((each) => /^\s*AGE-SECRET-KEY-/iu.test(each));
  return (line ?? "").trim();
}

function digitaloceanToken(): string {
  return process.env["DIGITALOCEAN_TOKEN"] ?? set("DIGITALOCEAN_ACCESS_TOKEN");
}

function set(name: string): string {
  const value = process.env[name];
  if (value !== undefined) return value;
  throw new Error(
    `${name} is not set, so its cloud can't be asked. Nothing was changed. Export it: docs/operate.md, "Tokens".`,
  );
}

/** The configuration in the stack file. */
export async function configOf(at: Pick<StackOptions, "stack" | "cwd">): Promise<StackConfig> {
  const file = fileOf(at);
  return readConfig(stackTextOf(await readFile(file, "utf8"), basename(file)));
}

/** Path of the stack file. */
function fileOf({ stack, cwd }: Pick<StackOptions, "stack" | "cwd">): string {
  return join(cwd, `Pulumi.${basename(stack)}.yaml`);
}
