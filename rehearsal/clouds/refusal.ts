/** A refusal of a cloud's API, as its HTTP answer. */
export interface RefusalAnswer {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path below the API's base URL. */
  readonly path: string;
  /** The HTTP status. */
  readonly status: number;
  /** The cloud's code for the kind of error: an id at DigitalOcean, a number at Cloudflare. */
  readonly code: string | number;
  /** The API's message. `message` of the error is the real provider's version of it. */
  readonly text: string;
  /** Numbers and messages of the detailed reasons: Cloudflare's `error_chain`. */
  readonly reasons?: readonly { readonly code: number; readonly message: string }[];
}

/** Thrown by a row if the cloud's API refuses. An HTTP client gets its fields as the answer. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly answer: RefusalAnswer;

  constructor(answer: RefusalAnswer, message: string) {
    super(message);
    this.answer = answer;
  }
}
