import { formatDuration } from "../../pages/duration.ts";

/** A measured build, for the first estimate of a build's duration. */
export interface MeasuredBuild {
  /** Go packages that it compiled. */
  readonly packages: number;
  /** Seconds until each tenth of them was compiled, from 0. */
  readonly seconds: readonly number[];
  /** Seconds of the linker after them. */
  readonly link: number;
}

/** Number of cores, date and Go version of {@link MEASURED_BUILDS}. */
export const MEASURED_ON = { cores: 2, date: "2026-11-28", go: "1.26.8" } as const;

/**
 * Cold builds by the recipe's name. Each follows those above it, so shared packages are compiled
 * once. The number of packages is no even measure: the largest come late, and the linker compiles
 * none.
 */
export const MEASURED_BUILDS: Readonly<Record<string, MeasuredBuild>> = {
  pulumi: { packages: 1_685, seconds: [0, 18, 29, 39, 52, 67, 87, 114, 134, 170, 221], link: 6 },
  "control-plane": {
    packages: 2_910,
    seconds: [0, 44, 69, 90, 114, 138, 176, 209, 240, 274, 321],
    link: 7,
  },
};

/** For a recipe without a measurement: all packages take the same time. */
const EVEN: MeasuredBuild = { packages: 10, seconds: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], link: 0 };

/** Seconds of the measurement that weigh as much as this machine's own progress. */
const PRIOR_SECONDS = 20;

/** Progress of a build. */
export interface BuildState {
  /** Packages that Go has to compile. */
  readonly needed: number;
  readonly done: number;
  /** Seconds since the first of them started. */
  readonly elapsed: number;
}

/** Seconds until a build ends: the measured ones, corrected by this machine's speed so far. */
export function secondsLeft(name: string, { needed, done, elapsed }: BuildState): number {
  const measured = MEASURED_BUILDS[name];
  const { packages, seconds, link } = measured ?? EVEN;
  const compiling = (seconds.at(-1) ?? 0) * (needed / packages);
  const passed = shareOf(seconds, done / Math.max(1, needed)) * compiling;
  const prior = measured === undefined ? 0 : PRIOR_SECONDS;
  const pace = passed + prior === 0 ? 1 : (elapsed + prior) / (passed + prior);
  return (compiling - passed + link) * pace;
}

/** Share of the time that has passed when a share of the packages is compiled. */
function shareOf(seconds: readonly number[], share: number): number {
  const steps = seconds.length - 1;
  const at = Math.min(1, share) * steps;
  const [before = 0, after = 0] = [seconds[Math.floor(at)], seconds[Math.ceil(at)]];
  return (before + (after - before) * (at - Math.floor(at))) / (seconds.at(-1) ?? 1);
}

/**
 * Progress of a build for an operator: "514 of 1685 packages, 12.9 a second, about 2m 10s left".
 */
export function paceLine(name: string, state: BuildState): string {
  const { needed, done, elapsed } = state;
  const counted = `${done} of ${needed} packages`;
  if (done === 0 || elapsed < 1) return counted;
  const rate = (done / elapsed).toFixed(1);
  return `${counted}, ${rate} a second, about ${formatDuration(Math.round(secondsLeft(name, state)))} left`;
}

/** Measured seconds of a cold build on this machine; undefined without a measurement. */
export function coldSeconds(name: string, cores: number): number | undefined {
  const measured = MEASURED_BUILDS[name];
  if (measured === undefined) return undefined;
  // Compilers keep every core busy. The effect of more cores was not measured, so none is assumed.
  const slower = Math.max(1, MEASURED_ON.cores / cores);
  return ((measured.seconds.at(-1) ?? 0) + measured.link) * slower;
}
