import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { readFile, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Haystack } from "../checks/secret-search.ts";
import { eventTexts } from "./event-log.ts";

/** Everything that a rehearsed stack wrote, to be searched for secrets. */
export class Written {
  readonly events: EngineEvent[] = [];
  /** Output of the engine. */
  output = "";
  /** Output of the secrets command. */
  said = "";
  /** Command lines of our own processes: every user of the machine can read them. */
  commandLines = "";

  /** All of it, with the files of the state backend and the stack file. */
  async haystacks(state: string, stackFile: string): Promise<readonly Haystack[]> {
    const entries = await readdir(state, { recursive: true, withFileTypes: true });
    const files = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async (entry) => ({
          name: `state file ${entry.name}`,
          text: await readFile(join(entry.parentPath, entry.name), "utf8"),
        })),
    );
    return [
      ...files.filter(({ text }) => text.length > 0),
      { name: basename(stackFile), text: await readFile(stackFile, "utf8") },
      ...eventTexts(this.events),
      { name: "program output", text: this.output },
      { name: "output of the secrets command", text: this.said },
      { name: "command lines", text: this.commandLines },
    ];
  }

  /** Printed text since the last call. Drops it, and the events up to now. */
  takePrinted(): string {
    const printed = `${this.output}${this.commandLines}`;
    [this.output, this.commandLines] = ["", ""];
    this.events.length = 0;
    return printed;
  }
}
