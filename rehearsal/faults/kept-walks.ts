import { appendFileSync, readFileSync } from "node:fs";
import { walkIn, type Step } from "./steps.ts";

const FILE = new URL("kept-walks.txt", import.meta.url);

/** Lines of the file; what begins with # is a word about the line below. */
function lines(): readonly string[] {
  return readFileSync(FILE, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** Walks that failed once, each as short as it could be made: the drill takes them first. */
export function keptWalks(): readonly (readonly Step[])[] {
  return lines().map(walkIn);
}

/** Keeps a walk that fails: it is committed with its mend. */
export function keepWalk(line: string): void {
  if (!lines().includes(line)) appendFileSync(FILE, `${line}\n`);
}
