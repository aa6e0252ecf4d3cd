/**
 * Presence: whether a resource exists at its cloud. It counts as gone only if the cloud confirms
 * that. An outage, a wrong token or silence never does. A live database that counts as gone would
 * be created a second time (pulumi/pulumi#11628).
 */

/** One answer of a cloud's API to one question. */
export type Answer<T> =
  | { readonly kind: "value"; readonly value: T }
  /** A refusal, by its HTTP status. */
  | { readonly kind: "refused"; readonly status: number }
  /** No answer: a broken connection, one that can't be read, or none within the time limit. */
  | { readonly kind: "silence"; readonly why: string };

/** The word for a thing, with what was answered or the reason why nothing is known. */
export type Presence<T> =
  | { readonly word: "there"; readonly value: T }
  | { readonly word: "gone" }
  | { readonly word: "unknown"; readonly reason: string };

/** The answers that decide a word. */
export interface Answers<T> {
  readonly first: Answer<T>;
  /** The answer to the same question, asked again. Missing if it was asked once. */
  readonly second?: Answer<T> | undefined;
  /** The answer to a question that the right token of the right account can ask. */
  readonly token?: Answer<unknown> | undefined;
}

/** The sum of the answers: gone is a 404, twice, for a token that the account accepts. */
export function presenceOf<T>({ first, second, token }: Answers<T>): Presence<T> {
  const last = second ?? first;
  if (last.kind === "value") return { word: "there", value: last.value };
  if (!isMissing(last)) return { word: "unknown", reason: reasonOf(last) };
  if (!isMissing(first) || second === undefined)
    return { word: "unknown", reason: "it answered 404 only once" };
  return token?.kind === "value" ? { word: "gone" } : { word: "unknown", reason: ofToken(token) };
}

/** The reason why a token proves nothing. */
export function ofToken(token: Exclude<Answer<unknown>, { kind: "value" }> | undefined): string {
  if (token === undefined) return "its token was not tried";
  return isAgainstToken(token)
    ? `its token does not see what the state holds at this cloud (${reasonOf(token)}); it may be another account's`
    : `whether its token sees what the state holds is not known (${reasonOf(token)})`;
}

/** Whether an answer speaks against the token. That of a cloud with an outage does not. */
export function isAgainstToken(answer: Answer<unknown>): boolean {
  return answer.kind === "refused" && answer.status < 500 && answer.status !== 429;
}

/** An answer that is no value, in words. */
export function reasonOf(answer: Exclude<Answer<unknown>, { kind: "value" }>): string {
  if (answer.kind === "silence") return answer.why;
  const { status } = answer;
  const meaning = MEANINGS[status] ?? (status >= 500 ? "its API is disturbed" : undefined);
  return `it answered ${status}${meaning === undefined ? "" : `: ${meaning}`}`;
}

const MEANINGS: Readonly<Record<number, string>> = {
  401: "it does not know the token",
  403: "the token may not ask this",
  404: "not found",
  429: "it was asked too often",
};

/** Whether an answer is a 404. */
export function isMissing(answer: Answer<unknown>): boolean {
  return answer.kind === "refused" && answer.status === 404;
}

/** Stands for a 404 where a cloud answers 200: a list without the thing, or a deleted thing. */
export class Missing extends Error {
  readonly status = 404;
}

/** Patience with a cloud. */
export interface Patience {
  /** Milliseconds until an answer counts as silence. Default 20 s. */
  readonly limitMs?: number;
  /** Milliseconds before a 404 is asked about again. Default 2 s. */
  readonly pauseMs?: number;
}

/** Asks once. The question rejects as the clouds' official clients do. */
export async function ask<T>(question: () => Promise<T>, patience: Patience): Promise<Answer<T>> {
  const limit = patience.limitMs ?? 20_000;
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<Answer<T>>((resolve) => {
    const why = `it did not answer within ${limit / 1000} s`;
    timer = setTimeout(() => resolve({ kind: "silence", why }), limit);
  });
  const answer = question().then(
    (value): Answer<T> => ({ kind: "value", value }),
    (error: unknown): Answer<T> => {
      const status = statusOf(error);
      return status === undefined
        ? { kind: "silence", why: "the connection broke, or its answer could not be read" }
        : { kind: "refused", status };
    },
  );
  return await Promise.race([answer, silence]).finally(() => clearTimeout(timer));
}

/**
 * The status of a refusal: `responseStatusCode` of DigitalOcean's client, Cloudflare's `status`,
 * `code` of the client for Kubernetes.
 */
function statusOf(error: unknown): number | undefined {
  const { responseStatusCode, status, code } = (error ?? {}) as Readonly<Record<string, unknown>>;
  return [responseStatusCode, status, code].find((each) => typeof each === "number");
}

/** Asks about one thing: again after a 404, and then whether the account accepts the token. */
export async function presence<T>(
  question: () => Promise<T>,
  token: () => Promise<Answer<unknown>>,
  patience: Patience,
): Promise<Presence<T>> {
  const first = await ask(question, patience);
  if (!isMissing(first)) return presenceOf({ first });
  await new Promise((resolve) => setTimeout(resolve, patience.pauseMs ?? 2_000));
  const second = await ask(question, patience);
  return presenceOf({ first, second, token: isMissing(second) ? await token() : undefined });
}
