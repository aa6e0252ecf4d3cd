import { runState } from "../../../ops/state/command.ts";
import type { Check } from "../../checks/check.ts";
import { checkOf } from "../../checks/check.ts";
import { WRITTEN_AT_THE_END } from "../../engine/rehearsed-stack.ts";
import { errorsOf, type Operation } from "../../engine/operation.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import type { ScheduledTask } from "../../timeline/schedule.ts";
import { timelineOf } from "../../timeline/update-timeline.ts";
import { asOperator, recover, type Recovered } from "../recover.ts";
import type { Findings } from "../drill.ts";

/** A part of a night's time on the real clouds. */
export interface Stretch {
  readonly what: string;
  readonly seconds: number;
  /** The chain that decides it; empty for a part without an update. */
  readonly path: readonly ScheduledTask[];
}

/**
 * The person who is awake in a night. Every line that they type is recorded, with its output and
 * the time that it takes on the real clouds.
 */
export class Operator {
  readonly rehearsal: Rehearsal;
  readonly typed: string[] = [];
  readonly stretches: Stretch[] = [];
  readonly checks: Check[] = [];
  /** Everything that the commands printed. */
  said = "";
  readonly #findings: Findings;
  readonly #night: string;

  constructor(rehearsal: Rehearsal, findings: Findings, night: string) {
    this.rehearsal = rehearsal;
    this.#findings = findings;
    this.#night = night;
  }

  /** Records a check of this night. */
  check(name: string, complaints: readonly string[], seen: string): void {
    this.checks.push(checkOf(`${this.#night}: ${name}`, complaints, seen));
  }

  /** `npm run recover -- …`. */
  async recover(...args: readonly string[]): Promise<Recovered> {
    return await this.#ran("recover", args, () => recover(this.rehearsal, args));
  }

  /** `npm run state -- …`. */
  async state(...args: readonly string[]): Promise<Recovered> {
    return await this.#ran("state", args, () =>
      asOperator(this.rehearsal, (world) => runState(args, world)),
    );
  }

  /** `npm run secrets -- …`. @throws Error if it fails. */
  async secrets(...args: readonly string[]): Promise<void> {
    this.typed.push(line("secrets", args));
    if (!(await this.rehearsal.stack.secretsCommand(args)))
      throw new Error(`${this.typed.at(-1)} failed.`);
  }

  /** `pulumi …`. @throws Error if it fails. */
  async pulumi(...args: readonly string[]): Promise<void> {
    this.typed.push(`pulumi ${args.join(" ")}`);
    await this.rehearsal.stack.pulumi([...args, "--stack", "prod"]);
  }

  /** A line of another program, such as `curl`, and its effect. */
  async types(words: string, effect: () => Promise<unknown> | unknown): Promise<void> {
    this.typed.push(words);
    await effect();
  }

  /** `npm run up -- --refresh`. @throws Error with the engine's message if it fails. */
  async up(): Promise<Operation> {
    this.typed.push("npm run up -- --refresh");
    const up = await this.deploy();
    if (up.failure !== undefined) throw new Error(`up failed:\n${errorsOf(up).join("\n")}`);
    return up;
  }

  /** The same update by CI, which nobody types. It may fail. */
  async deploy(): Promise<Operation> {
    const { stack, clock } = this.rehearsal;
    const up = await stack.up({ refresh: true, environment: WRITTEN_AT_THE_END });
    this.#findings.operations.push(up);
    if (up.failure !== undefined) return up;
    const schedule = timelineOf(up, await stack.resources(), clock.durationsByUrn());
    this.stretches.push({
      what: "up",
      seconds: schedule.totalSeconds,
      path: schedule.criticalPath,
    });
    return up;
  }

  /** The preview of a pull request, with refresh. */
  async preview(): Promise<Operation> {
    const preview = await this.rehearsal.stack.preview({ refresh: true });
    this.#findings.operations.push(preview);
    return preview;
  }

  async #ran(
    command: string,
    args: readonly string[],
    run: () => Promise<Recovered>,
  ): Promise<Recovered> {
    this.typed.push(line(command, args));
    const recovered = await run();
    this.said += recovered.said;
    return recovered;
  }
}

function line(command: string, args: readonly string[]): string {
  return ["npm run", command, ...(args.length === 0 ? [] : ["--", ...args])].join(" ");
}
