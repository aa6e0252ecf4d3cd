/** A refusal of a cloud's API, as a client of its HTTP interface is answered. */
export interface RefusalAnswer {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the API's base address. */
  readonly path: string;
  /** The HTTP status. */
  readonly status: number;
  /** The cloud's own mark of the kind: an id at DigitalOcean, a number at Cloudflare. */
  readonly code: string | number;
  /** The API's words. `message` of the error holds what the real provider makes of them. */
  readonly text: string;
  /** Numbers and words of what exactly is wrong: Cloudflare's `error_chain`. */
  readonly reasons?: readonly { readonly code: number; readonly message: string }[];
}

/**
 * Thrown by a row where the cloud's API says no: whoever asked over HTTP is answered with its
 * fields.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly answer: RefusalAnswer;

  constructor(answer: RefusalAnswer, message: string) {
    super(message);
    this.answer = answer;
  }
}
