import { basename } from "node:path";
import { Command } from "commander";
import type { StackConfig } from "../../config/schema.ts";
import type { Backup } from "../../domain/backup/plan.ts";
import type { StackPlace } from "../stack-file/place.ts";
import type { R2Address } from "../state/bucket.ts";
import { dumpFaults, secondFaults, secondLine } from "./check.ts";
import { dumpAddressOf, dumpsIn, lineOf, newestGood, type DumpBucket } from "./dumps.ts";
import { makeKey } from "./key.ts";

/** Outside interfaces of the command, so that a test can replace them. */
export interface BackupWorld {
  readonly say: (text: string) => void;
  readonly now: () => Date;
  readonly cwd: string;
  /** The configuration of a stack file. */
  readonly config: (place: StackPlace) => Promise<StackConfig>;
  readonly bucket: (address: R2Address) => Promise<DumpBucket>;
}

/**
 * `npm run backup`. Makes the key of dumps, and says which dumps there are.
 * @param args the arguments after `--`.
 * @returns whether all is well: the exit status.
 * @throws Error in a sentence for the operator.
 */
export async function runBackup(args: readonly string[], world: BackupWorld): Promise<boolean> {
  const { say } = world;
  let well = true;
  const program = new Command("npm run backup --")
    .description("Makes the key of dumps, and says which dumps there are.")
    .exitOverride()
    .configureOutput({ writeOut: say, writeErr: say });
  const part = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option("--stack <name>", "the stack", "prod")
      .option("--cwd <folder>", "the project's folder", world.cwd);
  part("key", "makes the key pair: the identity into a file, the recipient into the stack file")
    .requiredOption("--out <file>", "a new file for the identity, outside of the project's folder")
    .action(async (options: StackPlace & { readonly out: string }) => {
      await makeKey({ ...options, say });
    });
  part("list", "says which dumps there are, and which are good").action(
    async (place: StackPlace) => {
      const { bucket, name } = await opened(place, world);
      const dumps = await dumpsIn(bucket, basename(place.stack));
      for (const dump of dumps) say(lineOf(dump, world.now()));
      if (dumps.length === 0) say(`There is no dump in the bucket ${name}.`);
    },
  );
  part("check", "fails if the newest good dump is too old: the alert by absence").action(
    async (place: StackPlace) => {
      const { bucket, backup, domain } = await opened(place, world);
      const dumps = await dumpsIn(bucket, basename(place.stack), ["dumps"]);
      const options = { backup, domain, now: world.now() };
      const faults = [...dumpFaults(dumps, options), ...secondFaults(dumps, options)];
      const newest = newestGood(dumps);
      well = faults.length === 0;
      const lines = well
        ? [newest && lineOf(newest, world.now()), secondLine(dumps, options)]
        : faults;
      for (const line of lines) if (line !== undefined) say(line);
    },
  );
  await program.parseAsync(args, { from: "user" });
  return well;
}

async function opened(
  place: StackPlace,
  world: BackupWorld,
): Promise<{
  readonly bucket: DumpBucket;
  readonly name: string;
  readonly backup: Backup;
  readonly domain: string;
}> {
  const config = await world.config(place);
  const [address, { backup, domain }] = [dumpAddressOf(config), config];
  if (address === undefined || backup === undefined)
    throw new Error(
      `mastodon:backup is not set in the stack file of ${place.stack}, so no dumps are made. Begin with npm run backup -- key --out FILE.`,
    );
  return { bucket: await world.bucket(address), name: address.bucket, backup, domain };
}
