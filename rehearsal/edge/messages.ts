/** Headers by lower-case name; several of one name in their order. */
export type Headers = Readonly<Record<string, readonly string[]>>;

/** A request to the edge. The body is passed separately. */
export interface EdgeRequest {
  readonly scheme: "http" | "https";
  readonly method: string;
  /** In lower case, without a port. */
  readonly host: string;
  /** Original path and query. */
  readonly target: string;
  readonly headers: Headers;
  readonly clientAddress: string;
}

/** A complete answer. */
export interface EdgeResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** The first value of a header. */
export function headerOf(headers: Headers, name: string): string | undefined {
  return headers[name]?.[0];
}

/** Headers with changes; `undefined` removes one. */
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

/** A complete answer with this text. */
export function answerWith(
  text: string,
  headers: Readonly<Record<string, string>>,
  status = 200,
): EdgeResponse {
  const body = Buffer.from(text);
  const all = { "content-length": String(body.length), ...headers };
  return { status, headers: withHeaders({}, all), body };
}

/** An answer that Cloudflare generates itself. */
export function ownAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): EdgeResponse {
  return answerWith(text, { "content-type": "text/html; charset=UTF-8", ...headers }, status);
}
