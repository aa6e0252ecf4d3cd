import type { Flow } from "../../k8s/flows/flow.ts";
import { checkOf, type Check } from "./check.ts";
import { wordsOf, type Connection } from "./network-matrix.ts";

/** A connection that was attempted. */
export interface TriedConnection extends Connection {
  /** Whether it opened: a TCP connection was established, or a UDP packet was answered. */
  readonly opened: boolean;
}

/**
 * Compares three sources for every connection: the table of flows, the live policies by their
 * specification, and the attempt itself.
 * @param flows each of their components must have been attempted. Otherwise the comparison proves
 * nothing about it.
 */
export function checkOpened(tried: readonly TriedConnection[], flows: readonly Flow[]): Check {
  const names = new Set(tried.flatMap(({ from, to }) => [from, to]));
  const missed = [...componentsOf(flows)].filter((name) => !names.has(name));
  const opened = tried.filter((one) => one.opened).length;
  return checkOf(
    "the connections that open are those that the policies compute to, and those of the table",
    [
      ...(opened === 0 ? ["not one connection opened"] : []),
      ...missed.map((name) => `no pod of ${name} was tried`),
      ...differencesOf(tried).map(
        (one) =>
          `${wordsOf(one)}: written ${word(one.written)}, computed ${word(one.computed)}, measured ${word(one.opened)}`,
      ),
    ],
    `${tried.length} connections tried, ${opened} open, 0 differences`,
  );
}

/** Connections on which the three sources disagree. */
export function differencesOf(tried: readonly TriedConnection[]): readonly TriedConnection[] {
  return tried.filter(
    ({ written, computed, opened }) => written !== computed || computed !== opened,
  );
}

/** Every component that a table names. */
export function componentsOf(flows: readonly Flow[]): ReadonlySet<string> {
  return new Set(
    flows.flatMap(({ from, to }) => [
      ...(typeof from === "string" || "namespace" in from ? [] : from),
      ...("component" in to ? [to.component] : []),
    ]),
  );
}

function word(open: boolean): string {
  return open ? "open" : "closed";
}
