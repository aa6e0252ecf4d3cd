import { parseConfig } from "../../../input/parse.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import type { Check } from "../../checks/check.ts";
import { checkOf } from "../../checks/check.ts";
import { errorsOf, type Operation } from "../../engine/operation.ts";
import { WRITTEN_AT_THE_END, type RehearsedStack } from "../../engine/rehearsed-stack.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import type { ScheduledTask } from "../../../domain/schedule.ts";
import { timelineOf } from "../../timeline/update-timeline.ts";
import { beside } from "../beside-command.ts";
import type { ClusterEdge } from "../cluster-edge.ts";
import { rebuild } from "../rebuild-command.ts";
import type { Recovered } from "../recover.ts";
import { RehearsedOutside } from "../rehearsed-outside.ts";
import type { Findings } from "../drill.ts";
import { Killer } from "./kills.ts";

/** The domain that is typed as consent. */
const DOMAIN = parseConfig(readStackFile()).domain;

/** A part of a night's time on the real clouds. */
export interface Stretch {
  readonly what: string;
  readonly seconds: number;
  /** The chain that decides it; empty for a part without an update. */
  readonly path: readonly ScheduledTask[];
}

/** Parts of the drill that all nights share. */
export interface OperatorOptions {
  readonly edge: ClusterEdge;
  readonly findings: Findings;
  /** Number of moments of `npm run rebuild`, by its part. */
  readonly moments: Map<string, number>;
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
  /** All updates, also those that failed. */
  readonly updates: Operation[] = [];
  /** The newest update that succeeded. */
  lastUpdate: Operation | undefined;
  /** Everything that the commands printed. */
  said = "";
  /** The machine on which commands are typed. */
  #machine: RehearsedStack;
  readonly #findings: Findings;
  readonly #night: string;
  readonly #outside: RehearsedOutside;
  readonly #moments: Map<string, number>;

  constructor(rehearsal: Rehearsal, { edge, findings, moments }: OperatorOptions, night: string) {
    this.rehearsal = rehearsal;
    this.#machine = rehearsal.stack;
    this.#outside = new RehearsedOutside(rehearsal, edge);
    this.#findings = findings;
    this.#moments = moments;
    this.#night = night;
  }

  /** Takes another machine for `npm run rebuild`. */
  sitDownAt(machine: RehearsedStack): void {
    this.#machine = machine;
  }

  /** Records a check of this night. */
  check(name: string, complaints: readonly string[], seen: string): void {
    this.checks.push(checkOf(`${this.#night}: ${name}`, complaints, seen));
  }

  /**
   * `npm run rebuild -- …`, with the domain typed. Alone, it only looks.
   * @param killer kills it. Default: nobody.
   */
  async rebuild(
    args: readonly string[] = [],
    killer = new Killer(Infinity, () => Promise.resolve()),
  ): Promise<Recovered> {
    const typed = args.length === 0 ? [] : [...args, "--yes", DOMAIN];
    const updates: Operation[] = [];
    this.typed.push(["npm run rebuild", ...(typed.length === 0 ? [] : ["--", ...typed])].join(" "));
    const { world, directory } = this.rehearsal;
    const at = { world, directory, stack: this.#machine };
    const recovered = await rebuild(at, typed, {
      outside: this.#outside,
      updated: (up) => updates.push(up),
      through: (world) => killer.through(world),
    });
    this.said += recovered.said;
    const [part] = args;
    if (part !== undefined && recovered.well) this.#moments.set(part, killer.seen);
    for (const update of updates) await this.#updated(update);
    return recovered;
  }

  /** Moments of the command that ended well last. */
  momentsOf(part: string): number | undefined {
    return this.#moments.get(part);
  }

  /** The same. @throws Error with all that it printed if it does not end well. */
  async rebuilt(...args: readonly string[]): Promise<string> {
    const { well, said } = await this.rebuild(args);
    if (!well) throw new Error(said);
    return said;
  }

  /**
   * `npm run db -- beside …`.
   * @param answer text that is typed where it asks.
   * @throws Error with all that it printed if it fails.
   */
  async beside(args: readonly string[], answer: string): Promise<string> {
    this.typed.push(`npm run db -- beside ${args.join(" ")}`);
    const { well, said } = await beside(this.rehearsal, args, answer);
    this.said += said;
    if (!well) throw new Error(said);
    return said;
  }

  /** `npm run secrets -- …`. @throws Error if it fails. */
  async secrets(...args: readonly string[]): Promise<void> {
    this.typed.push(`npm run secrets -- ${args.join(" ")}`);
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

  /** Records time on the real clouds that no update takes. */
  takes(what: string, seconds: number): void {
    this.stretches.push({ what, seconds, path: [] });
  }

  /** Records an update, and its time on the real clouds. */
  async #updated(up: Operation): Promise<void> {
    const { stack, clock } = this.rehearsal;
    this.#findings.operations.push(up);
    this.updates.push(up);
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
}
