import { randomUUID } from "node:crypto";
import type { CloudFace, Operation, RestAnswer } from "../router.ts";

/** Every operation of DigitalOcean's API that the rehearsal answers. */
export const digitaloceanOperations: readonly Operation[] = [];

/**
 * Id and words of a refusal by its status (digitalocean/openapi `specification/shared/responses/`).
 */
const REFUSALS: Readonly<Record<number, readonly [id: string, message: string]>> = {
  400: ["bad_request", "The request was malformed."],
  401: ["unauthorized", "Unable to authenticate you."],
  403: ["forbidden", "You are not authorized to perform this operation"],
  404: ["not_found", "The resource you requested could not be found."],
  409: ["conflict", "The request could not be completed."],
  412: ["precondition_failed", "The request could not be completed."],
  422: ["unprocessable_entity", "The request could not be processed."],
  429: ["too_many_requests", "API rate limit exceeded."],
  501: ["not_implemented", "The rehearsal does not model this."],
  503: ["service_unavailable", "Service unavailable"],
};

/** DigitalOcean's API (digitalocean/openapi). Any token will do; without one nothing is answered. */
export const digitaloceanFace: CloudFace = {
  cloud: "digitalocean",
  basePath: "",
  operations: digitaloceanOperations,
  authenticate: ({ token }) => (token === undefined ? refuse(401) : undefined),
  refuse,
  refusalOf: () => undefined,
};

function refuse(status: number, message?: string): RestAnswer {
  const [id, words] = REFUSALS[status] ?? ["server_error", "Unexpected server-side error"];
  return { status, body: { id, message: message ?? words, request_id: randomUUID() } };
}
