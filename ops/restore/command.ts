import { Option } from "commander";
import { basename, join } from "node:path";
import { readConfig } from "../../input/stack-text.ts";
import { digitaloceanClient } from "../recover/clouds.ts";
import { stackTextOf } from "../stack-file/texts.ts";
import { readFile } from "node:fs/promises";
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
  const { DIGITALOCEAN_TOKEN, DIGITALOCEAN_ACCESS_TOKEN } = process.env;
  const token = DIGITALOCEAN_TOKEN ?? DIGITALOCEAN_ACCESS_TOKEN;
  if (token === undefined)
    throw new Error(
      'DIGITALOCEAN_TOKEN is not set, so DigitalOcean can\'t be asked. Nothing was changed. Export it: docs/operate.md, "Tokens".',
    );
  const file = fileOf(at);
  const config = readConfig(stackTextOf(await readFile(file, "utf8"), basename(file)));
  const clouds = { digitalocean: await digitaloceanClient(token), patience: {} };
  return await adoptCluster({ id, config, file, former }, clouds);
}

/** Path of the stack file. */
function fileOf({ stack, cwd }: Pick<StackOptions, "stack" | "cwd">): string {
  return join(cwd, `Pulumi.${basename(stack)}.yaml`);
}
