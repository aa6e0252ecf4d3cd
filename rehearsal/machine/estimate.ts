import { coldSeconds, MEASURED_BUILDS, MEASURED_ON } from "../build/pace.ts";
import { formatDuration } from "../../pages/duration.ts";
import type { Machine } from "./machine.ts";
import { MADE, PARTS, type Ground, type PartName } from "./parts.ts";

/** A part to download or build, for an operator. */
interface ToMake {
  readonly part: PartName;
  /** Such as "2910 packages of Go". */
  readonly what: string;
  /** Measured seconds; undefined if it was not measured. */
  readonly seconds: number | undefined;
}

/**
 * Lines about everything to download and build before a drill, with measured durations. Empty if
 * everything is there.
 */
export function estimateLines(
  { missing, compiled, cores, lackingPackages }: EstimatedMachine,
  ground: Ground,
): readonly string[] {
  const parts = PARTS[ground].filter((part) => missing.includes(part));
  if (parts.length === 0) return [];
  const rows = parts.map((part) => toMake(part, cores));
  const total = rows.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  const [name, what] = [widest(rows.map((row) => row.part)), widest(rows.map((row) => row.what))];
  const there = parts.filter((part) => compiled.includes(part));
  return [
    `To be made once and kept: ${parts.length} of ${PARTS[ground].length} parts, about ${formatDuration(total)} as measured on ${MEASURED_ON.date} with ${MEASURED_ON.cores} cores${cores === MEASURED_ON.cores ? "" : `; this machine has ${cores}`}.`,
    ...rows.map(
      (row) =>
        `  ${row.part.padEnd(name)}  ${row.what.padEnd(what)}  ${row.seconds === undefined ? "not measured" : formatDuration(row.seconds)}`,
    ),
    ...(cores < MEASURED_ON.cores
      ? ["  With one core compilers take turns: each build is counted twice as long."]
      : []),
    ...(there.length > 0
      ? [`  Less where Go has compiled some of it before, as it seems of ${there.join(", ")}.`]
      : []),
    ...(lackingPackages.length > 0
      ? [`  Debian packages to be installed on this machine: ${lackingPackages.join(", ")}.`]
      : []),
  ];
}

/** Facts for an estimate. */
type EstimatedMachine = Pick<Machine, "missing" | "compiled" | "cores" | "lackingPackages">;

function toMake(part: PartName, cores: number): ToMake {
  const { build, what, seconds } = MADE[part];
  if (build === undefined) return { part, what: what ?? "", seconds };
  const packages = MEASURED_BUILDS[build]?.packages;
  return {
    part,
    what: packages === undefined ? "Go packages" : `${packages} packages of Go`,
    seconds: coldSeconds(build, cores),
  };
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}
