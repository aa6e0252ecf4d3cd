/** Headers by name in small letters; several of one name in their order. */
export type Headers = Readonly<Record<string, readonly string[]>>;

/** A request as it comes to the edge. The body travels beside it. */
export interface EdgeRequest {
  readonly scheme: "http" | "https";
  readonly method: string;
  /** In small letters, without a port. */
  readonly host: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly headers: Headers;
  readonly clientAddress: string;
}

/** A whole answer. */
export interface EdgeResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** The first value of a header. */
export function headerOf(headers: Headers, name: string): string | undefined {
  return headers[name]?.[0];
}

/** Headers with some changed; `undefined` takes one away. */
export function withHeaders(
  headers: Headers,
  change: Readonly<Record<string, string | readonly string[] | undefined>>,
): Headers {
  const next: Record<string, readonly string[]> = { ...headers };
  for (const [name, value] of Object.entries(change))
    if (value === undefined) delete next[name];
    else next[name] = typeof value === "string" ? [value] : value;
  return next;
}

/** A whole answer of these words. */
export function answerWith(
  text: string,
  headers: Readonly<Record<string, string>>,
  status = 200,
): EdgeResponse {
  const body = Buffer.from(text);
  const all = { "content-length": String(body.length), ...headers };
  return { status, headers: withHeaders({}, all), body };
}

/** An answer that Cloudflare makes itself. */
export function ownAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): EdgeResponse {
  return answerWith(text, { "content-type": "text/html; charset=UTF-8", ...headers }, status);
}
