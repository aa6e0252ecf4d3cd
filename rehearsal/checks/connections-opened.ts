import type { Flow } from "../../k8s/flows/flow.ts";
import { checkOf, type Check } from "./check.ts";
import { wordsOf, type Connection } from "./network-matrix.ts";

/** A connection that was tried. */
export interface TriedConnection extends Connection {
  /** Whether it opened: a TCP connection stood, or a UDP packet was answered. */
  readonly opened: boolean;
}

/**
 * Compares three accounts of every connection: the table of flows, the live policies as their
 * specification reads, and what opened when it was tried.
 * @param flows whose components must each have been tried, or the comparison proves nothing of
 * them.
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

/** The connections of which not all three accounts say the same. */
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
