import { Command } from "commander";
import { fromCommandLine } from "../command-line.ts";
import { GENERATED } from "./generated.ts";
import { writeAll } from "./write-all.ts";

/** `npm run docs`: writes every generated page and every generated part of a page. */
await fromCommandLine(
  new Command("npm run docs --")
    .description("Writes every page, and part of a page, that is made from the code.")
    .action(async () => await writeAll(GENERATED)),
);
