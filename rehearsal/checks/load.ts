import { checkOf, type Check } from "./check.ts";

/** Requests that one kind of connection sent to one target in a period. */
export interface Sent {
  readonly target: string;
  /** Whether the connection was kept open from one request to the next. */
  readonly kept: boolean;
  readonly sent: number;
  /** Requests without an answer, or with another status than 200. None was retried. */
  readonly lost: number;
  /** When the first and the last lost request were sent, milliseconds of the epoch. */
  readonly first?: number;
  readonly last?: number;
  /** The first lost requests, with their errors. */
  readonly told: readonly { readonly at: number; readonly error: string }[];
}

/**
 * Error of a kept connection that the server closes at the moment of a request. Every server that
 * ends with open connections does that now and then, and HTTP/1.1 has no remedy. The connector's
 * client retries such a request if it may be repeated, as a GET (Go `net/http` `transport.go`,
 * `shouldRetryRequest`). So they are counted and reported, and are no fault.
 */
const RESET = "ECONNRESET";
/** Percentage of requests over kept connections. More than these are not such moments. */
const RESET_PERCENT = 1;

/** Fewer requests than this to a target, by either kind of connection, prove nothing. */
const FEWEST = 20;

/**
 * Checks that no request was lost in a period, and that enough were sent to prove it.
 * @param during the event in that period, "a drain".
 * @param targets all of them must have received requests over both kinds of connections.
 */
export function checkLoad(
  during: string,
  targets: readonly string[],
  sent: readonly Sent[],
): Check {
  const complaints = targets.flatMap((target) =>
    [true, false].flatMap((kept) => {
      const of = sent.filter((each) => each.target === target && each.kept === kept);
      const name = `${target}, ${kept ? "kept" : "new"} connections`;
      const [asked, lost] = [sum(of.map((each) => each.sent)), sum(of.map((each) => each.lost))];
      if (lost > 0 && !(kept && lost <= (asked * RESET_PERCENT) / 100 && reasons(of) === RESET))
        return [`${name}: ${lost} of ${asked} lost ${span(of)} (${reasons(of)})`];
      return asked < FEWEST ? [`${name}: only ${asked} requests were sent`] : [];
    }),
  );
  const reset = sum(sent.map(({ lost }) => lost));
  return checkOf(
    `no request is lost during ${during}`,
    complaints,
    `${sum(sent.map((each) => each.sent))} requests, 0 lost${reset === 0 ? "" : `, ${reset} on kept connections to be sent again`}`,
  );
}

function span(of: readonly Sent[]): string {
  const first = Math.min(...of.map((each) => each.first ?? Infinity));
  const last = Math.max(...of.map((each) => each.last ?? 0));
  return `within ${Math.round((last - first) / 100) / 10} s`;
}

function reasons(of: readonly Sent[]): string {
  return [...new Set(of.flatMap(({ told }) => told.map(({ error }) => error)))].join(", ");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
