import { Command } from "commander";
import { readFile, rename, writeFile } from "node:fs/promises";
import { IMAGES, type Images } from "../../config/images.ts";
import { moved, resolveAll, tableOf, withDigests } from "./pin.ts";
import { resolveDigest, type Patience } from "./registry.ts";
import { patchFault } from "./tags.ts";

/** Parts of the outside world that the command uses. A test replaces them. */
export interface ImagesWorld {
  readonly say: (text: string) => void;
  readonly images: Images;
  /** Path of `config/images.ts`, which contains these images. */
  readonly file: string;
  readonly patience: Patience;
}

/** The committed images, and the terminal. */
export function terminalWorld(file: string): ImagesWorld {
  return { say: (text) => console.log(text), images: IMAGES, file, patience: {} };
}

/**
 * `npm run images -- …`: runs one command.
 * @param args arguments after the `--`.
 * @throws Error with a message for the operator: the fault and the remedy.
 */
export async function runImages(args: readonly string[], world: ImagesWorld): Promise<void> {
  const program = new Command("npm run images --")
    .description("The container images that run.")
    .exitOverride()
    .configureOutput({ writeOut: world.say, writeErr: world.say });
  program
    .command("pin")
    .description("Resolves each tag at its registry and writes its digest into config/images.ts.")
    .option(
      "--check",
      "write nothing; fail if a tag has no digest or points elsewhere now, or if a newer patch of Mastodon is there",
      false,
    )
    .action(async ({ check }: { readonly check: boolean }) => {
      await (check ? checkImages(world) : pinImages(world));
    });
  await program.parseAsync(args, { from: "user" });
}

async function pinImages({ say, images, file, patience }: ImagesWorld): Promise<void> {
  const pinned = await resolveAll(Object.values(images), (image) => resolveDigest(image, patience));
  say(tableOf(pinned));
  const before = await readFile(file, "utf8");
  const after = withDigests(before, pinned);
  if (after === before) return;
  await writeFile(`${file}.new`, after);
  await rename(`${file}.new`, file); // In one write, because a truncated file would not load.
  say("\nWritten to config/images.ts: read the change, run `npm test`, commit it.");
}

/** Runs both checks even if one fails, so that one run reports everything. */
async function checkImages({ say, images, patience }: ImagesWorld): Promise<void> {
  const { mastodon, streaming } = images;
  const answers = await Promise.allSettled([
    digestFault({ say, images, patience }),
    patchFault([mastodon, streaming], patience),
  ]);
  const faults = answers.flatMap((answer) =>
    answer.status === "rejected" ? [(answer.reason as Error).message] : (answer.value ?? []),
  );
  if (faults.length > 0) throw new Error(faults.join("\n"));
}

async function digestFault({
  say,
  images,
  patience,
}: Omit<ImagesWorld, "file">): Promise<string | undefined> {
  const pinned = await resolveAll(Object.values(images), (image) => resolveDigest(image, patience));
  say(tableOf(pinned));
  const elsewhere = moved(pinned);
  return elsewhere.length === 0
    ? undefined
    : `${elsewhere.length} of them are not what config/images.ts says. If you meant that, run \`npm run images -- pin\` and commit the file; if not, find out who moved the tag before you deploy it.`;
}
