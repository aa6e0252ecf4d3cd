import { Command } from "commander";
import { fromCommandLine } from "../ops/command-line.ts";
import { writeAll } from "../ops/docs/write-all.ts";
import { PLANNED } from "./reports/planned-documents.ts";

/** Second half of `npm run docs`: pictures, and parts of pages that come from a plan. */
await fromCommandLine(
  new Command("npm run docs --")
    .description("Writes every picture, and part of a page, that is made from a plan.")
    .action(async () => await writeAll(PLANNED)),
);
// The engine's SDK keeps a timer, which would keep the process alive.
process.exit();
