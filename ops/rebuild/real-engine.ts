import { UPDATE_MINUTES } from "../../config/update-time.ts";
import { nameOf } from "../recover/state.ts";
import { argumentsOf, runPulumi } from "../ci/run-pulumi.ts";
import type { StackPlace } from "../stack-file/place.ts";
import { isHarm, type Engine, type EngineEvent, type EngineRun } from "./world.ts";

/** An event of the engine, with the diagnostics that a failure needs. */
interface Event extends EngineEvent {
  readonly diagnosticEvent?: { readonly severity: string; readonly message: string };
}

/**
 * The CLI of this machine. `--json` prints each event of an update on a line, and of a preview with
 * the variable below (pulumi/pulumi v3.259.0 `pkg/backend/display/display.go`, ShowEvents).
 * @param signal ends an update: it begins nothing new, and releases its lock.
 */
export function pulumiEngine(signal: AbortSignal): Engine {
  const run = async (
    command: "preview" | "up",
    { stack, cwd }: StackPlace,
    told: (event: EngineEvent) => void,
  ): Promise<EngineRun> => {
    let rest = "";
    let changes: EngineRun["changes"] = {};
    const words: string[] = [];
    const failed: string[] = [];
    const harmed = new Set<string>();
    const take = (line: string): void => {
      const event = eventIn(line);
      if (event === undefined) {
        if (line.trim() !== "") words.push(line);
        return;
      }
      const { diagnosticEvent: said, summaryEvent, resOpFailedEvent, resOutputsEvent } = event;
      if (resOpFailedEvent !== undefined) failed.push(nameOf(resOpFailedEvent.metadata));
      if (resOutputsEvent !== undefined && isHarm(resOutputsEvent.metadata.op))
        harmed.add(nameOf(resOutputsEvent.metadata));
      if (said?.severity === "error") words.push(said.message.trim());
      if (summaryEvent !== undefined) changes = summaryEvent.resourceChanges;
      told(event);
    };
    const { status } = await runPulumi([...argumentsOf(command, stack), "--json"], {
      cwd,
      environment: { ...process.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" },
      limitMilliseconds: UPDATE_MINUTES * 60_000,
      signal,
      say: (piece) => {
        const lines = (rest + piece).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) take(line);
      },
    });
    take(rest);
    const failure = status === 0 ? undefined : words.slice(-20).join("\n");
    return { failure, failed, changes, harmed: [...harmed] };
  };
  return {
    preview: (place) => run("preview", place, () => undefined),
    up: (place, told) => run("up", place, told),
  };
}

function eventIn(line: string): Event | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined;
  }
}
