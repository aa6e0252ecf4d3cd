import { Refusal } from "../../refusal.ts";
import type { CloudFace, Operation, RestAnswer } from "../router.ts";
import { dnsOperations } from "./dns-records.ts";
import { bucketOperations } from "./r2-buckets.ts";
import { objectOperations } from "./r2-objects.ts";
import { bucketSettingOperations } from "./r2-settings.ts";
import { refusedRight } from "./rights.ts";
import { rulesetOperations } from "./rulesets.ts";
import { tokenOperations } from "./tokens.ts";
import { tunnelOperations } from "./tunnels.ts";
import { workerOperations } from "./workers.ts";
import { zoneSettingOperations } from "./zone-settings.ts";
import { zoneOperations } from "./zones.ts";

/** Every operation of Cloudflare's API that the rehearsal implements. */
export const cloudflareOperations: readonly Operation[] = [
  ...zoneOperations,
  ...dnsOperations,
  ...tunnelOperations,
  ...rulesetOperations,
  ...bucketOperations,
  ...bucketSettingOperations,
  ...objectOperations,
  ...tokenOperations,
  ...zoneSettingOperations,
  ...workerOperations,
];

/** Cloudflare's API (https://developers.cloudflare.com/api/): every answer has one envelope. */
export const cloudflareFace: CloudFace = {
  cloud: "cloudflare",
  basePath: "/client/v4",
  operations: cloudflareOperations,
  authenticate(request, world) {
    const refusal = refusedRight(request, world);
    return refusal === undefined ? undefined : answerOf(refusal);
  },
  refuse: (status, message = WORDS[status] ?? "Internal server error") =>
    envelope(status, { code: CODES[status] ?? status, message }),
  refusalOf: (error) => (error instanceof Refusal ? answerOf(error) : undefined),
};

/**
 * Numbers of answers that no row gives, from memory. If none is known, the status is the number.
 */
const CODES: Readonly<Record<number, number>> = { 401: 10_000, 403: 10_000, 404: 7003, 429: 971 };
const WORDS: Readonly<Record<number, string>> = {
  401: "Authentication error",
  403: "Authentication error",
  404: "Could not route to the path, perhaps your object identifier is invalid?",
  429: "Please wait and consider throttling your request speed",
};

function answerOf({ answer }: Refusal): RestAnswer {
  const { status, code, text, reasons = [] } = answer;
  const chain = reasons.length === 0 ? {} : { error_chain: reasons };
  return envelope(status, { code, message: text, ...chain });
}

function envelope(status: number, error: Readonly<Record<string, unknown>>): RestAnswer {
  return { status, body: { success: false, errors: [error], messages: [], result: null } };
}
