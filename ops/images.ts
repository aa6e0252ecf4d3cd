import { Command } from "commander";
import { readFile, rename, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { IMAGES } from "../config/images.ts";
import { moved, resolveAll, tableOf, withDigests } from "./images/pin.ts";
import { resolveDigest } from "./images/registry.ts";

const FILE = fileURLToPath(new URL("../config/images.ts", import.meta.url));

/** `npm run images -- pin`: what each tag in `config/images.ts` points at is written behind it. */
const command = new Command("images").description("The container images that run.");
command
  .command("pin")
  .description("Resolves each tag at its registry and writes its digest into config/images.ts.")
  .option(
    "--check",
    "write nothing; fail if a tag points elsewhere now than where it is pinned",
    false,
  )
  .action(async ({ check }: { readonly check: boolean }) => {
    const pinned = await resolveAll(Object.values(IMAGES), (image) => resolveDigest(image));
    console.log(tableOf(pinned));
    if (check) {
      const elsewhere = moved(pinned);
      if (elsewhere.length > 0)
        throw new Error(
          `${elsewhere.length} of them are not what config/images.ts says. If you meant that, run \`npm run images -- pin\` and commit the file; if not, find out who moved the tag before you deploy it.`,
        );
      return;
    }
    const before = await readFile(FILE, "utf8");
    const after = withDigests(before, pinned);
    if (after === before) return;
    await writeFile(`${FILE}.new`, after);
    await rename(`${FILE}.new`, FILE); // At once: a file cut in half would not even load.
    console.log("\nWritten to config/images.ts: read the change, run `npm test`, commit it.");
  });

try {
  await command.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
