import { Command } from "commander";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromCommandLine } from "./command-line.ts";
import { GENERATED } from "./docs/generated.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** `npm run docs`: writes every page and part of a page that is made from the code. */
await fromCommandLine(
  new Command("npm run docs --")
    .description("Writes every page, and part of a page, that is made from the code.")
    .action(async () => {
      for (const { path, generate } of GENERATED) {
        const file = join(root, path);
        const before = await readFile(file, "utf8").catch(() => "");
        const after = await generate(before);
        if (after !== before) await writeFile(file, after);
        console.log(`${after === before ? "unchanged" : "written  "}  ${path}`);
      }
    }),
);
