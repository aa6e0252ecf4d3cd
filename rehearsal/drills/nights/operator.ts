import { parseConfig } from "../../../input/parse.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { runState } from "../../../ops/state/command.ts";
import type { Check } from "../../checks/check.ts";
import { checkOf } from "../../checks/check.ts";
import { WRITTEN_AT_THE_END } from "../../engine/rehearsed-stack.ts";
import { errorsOf, type Operation } from "../../engine/operation.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import type { ScheduledTask } from "../../timeline/schedule.ts";
import { timelineOf } from "../../timeline/update-timeline.ts";
import type { ClusterEdge } from "../cluster-edge.ts";
import { rebuild } from "../rebuild-command.ts";
import { asOperator, recover, type Recovered } from "../recover.ts";
import { RehearsedOutside } from "../rehearsed-outside.ts";
import type { Findings } from "../drill.ts";

/** The domain that is typed as consent. */
const DOMAIN = parseConfig(readStackFile()).domain;

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
  /** The newest update that succeeded. */
  lastUpdate: Operation | undefined;
  /** Everything that the commands printed. */
  said = "";
  readonly #findings: Findings;
  readonly #night: string;
  readonly #outside: RehearsedOutside;

  constructor(rehearsal: Rehearsal, edge: ClusterEdge, findings: Findings, night: string) {
    this.rehearsal = rehearsal;
    this.#outside = new RehearsedOutside(rehearsal, edge);
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

  /** `npm run rebuild -- …`, with the domain typed. Alone, it only looks. */
  async rebuild(...args: readonly string[]): Promise<Recovered> {
    const typed = args.length === 0 ? [] : [...args, "--yes", DOMAIN];
    const updates: Operation[] = [];
    try {
      return await this.#ran("rebuild", typed, () =>
        rebuild(this.rehearsal, typed, {
          outside: this.#outside,
          updated: (up) => updates.push(up),
        }),
      );
    } finally {
      for (const update of updates) await this.#updated(update);
    }
  }

  /** The same. @throws Error with all that it printed if it does not end well. */
  async rebuilt(...args: readonly string[]): Promise<string> {
    const { well, said } = await this.rebuild(...args);
    if (!well) throw new Error(said);
    return said;
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
    const { stack } = this.rehearsal;
    const up = await stack.up({ refresh: true, environment: WRITTEN_AT_THE_END });
    await this.#updated(up);
    return up;
  }

  /** Records an update, and its time on the real clouds. */
  async #updated(up: Operation): Promise<void> {
    const { stack, clock } = this.rehearsal;
    this.#findings.operations.push(up);
    if (up.failure !== undefined) return;
    this.lastUpdate = up;
    const schedule = timelineOf(up, await stack.resources(), clock.durationsByUrn());
    const { totalSeconds: seconds, criticalPath: path } = schedule;
    this.stretches.push({ what: "up", seconds, path });
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
