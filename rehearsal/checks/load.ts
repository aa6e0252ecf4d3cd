import { checkOf, type Check } from "./check.ts";

/** Requests that one kind of connection sent to one target in a period. */
export interface Sent {
  readonly target: string;
  /** Whether the connection was kept from one request to the next. */
  readonly kept: boolean;
  readonly sent: number;
  /** Not answered, or with another status than 200; none was tried again. */
  readonly lost: number;
  /** When the first and the last lost one were sent, milliseconds of the epoch. */
  readonly first?: number;
  readonly last?: number;
  /** The first of those lost, and why. */
  readonly told: readonly { readonly at: number; readonly error: string }[];
}

/**
 * End of a kept connection with its server, in the moment at which a request is under way.
 * Each server that ends with connections open does that now and then; HTTP/1.1 has no remedy.
 * The connector's client sends such a request again if it may be repeated, a GET (Go `net/http`
 * `transport.go`, `shouldRetryRequest`). So they are counted, told, and no fault.
 */
const RESET = "ECONNRESET";
/** Of a hundred requests by kept connections: more than these are not such moments. */
const RESET_PERCENT = 1;

/** Fewer requests than this to a target, by either kind of connection, prove nothing. */
const FEWEST = 20;

/**
 * Whether none of the requests of a while was lost, and enough were sent to say so.
 * @param during what happened meanwhile, "a drain".
 * @param targets of whom all must have been asked, by both kinds of connections.
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
