import type { CloudFace, Operation, RestAnswer } from "../router.ts";

/** Every operation of Cloudflare's API that the rehearsal answers. */
export const cloudflareOperations: readonly Operation[] = [];

/**
 * Cloudflare's API (https://developers.cloudflare.com/api/): every answer has one envelope. Any token will do, and
 * none is refused in the API's words.
 */
export const cloudflareFace: CloudFace = {
  cloud: "cloudflare",
  basePath: "/client/v4",
  operations: cloudflareOperations,
  authenticate: ({ token }) =>
    token === undefined ? refuse(400, "Authentication error", 10000) : undefined,
  refuse: (status, message = String(status)) => refuse(status, message),
  refusalOf: () => undefined,
};

/** A refusal in Cloudflare's envelope. */
function refuse(status: number, message: string, code = status): RestAnswer {
  return {
    status,
    body: { success: false, errors: [{ code, message }], messages: [], result: null },
  };
}
