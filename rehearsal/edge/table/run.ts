import type { Edge } from "../edge.ts";
import type { EdgeClock } from "../clock.ts";
import { send, type Answer } from "./ask.ts";
import { spanOf } from "./page.ts";
import type { Answerer, Outcome, Row } from "./row.ts";
import { signatureHolds, type Signer } from "./signature.ts";
import type { Trace } from "../to-origin.ts";

/** The edge that a table's requests go to. */
export interface TableGround {
  readonly edge: Edge;
  readonly port: number;
  readonly clock: EdgeClock;
  readonly signer: Signer;
  /** The workload of a Service of the ingress. */
  readonly workloadOf: (service: string) => Answerer;
}

/** Request as a program behind the edge saw it, reported by the fakes. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly client?: string;
  readonly body: { readonly bytes: number; readonly sha256: string };
}

/** Sends the rows one after the other, because a row may depend on the cache of an earlier one. */
export async function runTable(
  rows: readonly Row[],
  ground: TableGround,
  progress: (line: string) => void = () => undefined,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [i, row] of rows.entries()) {
    progress(`${i + 1} of ${rows.length}: ${row.what}`);
    // Each from an address of its own, because a rate limit would count them together.
    const client = row.ask.client ?? `198.51.${100 + Math.floor(i / 250)}.${1 + (i % 250)}`;
    outcomes.push(await outcomeOf(row, ground, client));
  }
  return outcomes;
}

async function outcomeOf(row: Row, ground: TableGround, client: string): Promise<Outcome> {
  const { edge, port, clock, signer } = ground;
  const { ask } = row;
  try {
    clock.advance(ask.afterSeconds ?? 0);
    for (let n = 0; n < (ask.before ?? 0); n += 1) await send(port, ask, signer, client);
    const answer = await send(port, ask, signer, client);
    const trace = edge.traceOf(answer.headers["cf-ray"] ?? "");
    const seen = seenOf(answer);
    return {
      row,
      saw: sawOf(answer, trace, ground),
      complaints: complaintsOf(row, { answer, trace, seen, ground }),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { row, saw: why, complaints: [why] };
  }
}

/** Faults, in sentences. */
function complaintsOf(
  { expect }: Row,
  came: {
    readonly answer: Answer;
    readonly trace: Trace | undefined;
    readonly seen: Seen | undefined;
    readonly ground: TableGround;
  },
): readonly string[] {
  const { answer, trace, seen, ground } = came;
  const wrong: string[] = [];
  const compare = (what: string, found: unknown, wanted: unknown): void => {
    if (found !== wanted) wrong.push(`${what} is ${shown(found)} instead of ${shown(wanted)}`);
  };
  compare("the status", answer.status, expect.status);
  compare("what answers", answererOf(trace, ground), expect.from);
  compare("cf-cache-status", answer.headers["cf-cache-status"], expect.cache);
  if ("keptSeconds" in expect) compare("kept for", trace?.keptSeconds, expect.keptSeconds);
  if (expect.by !== undefined) compare("what decided", trace?.by, expect.by);
  if (expect.fitted !== undefined && !trace?.fitted.includes(expect.fitted))
    wrong.push(`the rule ${expect.fitted} did not fit`);
  for (const [name, value] of Object.entries(expect.headers ?? {}))
    compare(name, answer.headers[name], value);
  if (expect.has !== undefined && !answer.body.toString("utf8").includes(expect.has))
    wrong.push(`the body has no ${JSON.stringify(expect.has)} in it`);
  for (const [name, value] of Object.entries(expect.seen ?? {}))
    compare(`${name}, behind the edge,`, seen?.headers[name], value);
  if (expect.client !== undefined) compare("the visitor", seen?.client, expect.client);
  if (
    expect.signatureHolds &&
    !(seen !== undefined && signatureHolds(ground.signer.publicKey, seen))
  )
    wrong.push("its signature no longer holds");
  return wrong;
}

/** Sender of the answer: a pod, or the edge itself, also from its cache. */
function answererOf(trace: Trace | undefined, { workloadOf }: TableGround): Answerer {
  if (trace?.service?.startsWith("R2 ")) return "media";
  return trace?.pod === undefined ? "edge" : workloadOf(trace.service ?? "");
}

function seenOf({ headers }: Answer): Seen | undefined {
  const text = headers["x-seen"];
  return text === undefined
    ? undefined
    : (JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Seen);
}

function sawOf(answer: Answer, trace: Trace | undefined, ground: TableGround): string {
  const kept = trace?.keptSeconds;
  return [
    String(answer.status),
    `from ${answererOf(trace, ground)}`,
    answer.headers["cf-cache-status"] ?? "no cache",
    ...(kept === undefined ? [] : [`kept ${spanOf(kept)}`]),
    ...(trace?.by === undefined ? [] : [`by ${trace.by}`]),
  ].join(", ");
}

function shown(value: unknown): string {
  return value === undefined ? "not there" : String(value);
}
