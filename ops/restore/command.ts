import { Option } from "commander";
import { digitaloceanClient } from "../recover/clouds.ts";
import { digitaloceanTokenIn } from "../recover/tokens.ts";
import { configOf, stackFileOf, type StackPlace } from "../stack-file/place.ts";
import { type AdoptedCluster, adoptCluster } from "./adopt-cluster.ts";
import type { Former } from "./origin.ts";

/** The commands of `npm run db` that write the source of the data into the stack file. */

/** Options of each of them. */
export interface StackOptions extends StackPlace {
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
  const digitalocean = await digitaloceanClient(digitaloceanTokenIn(process.env));
  const [file, config] = [stackFileOf(at), await configOf(at)];
  return await adoptCluster({ id, config, file, former }, { digitalocean, patience: {} });
}
