import { Refusal, type RefusalAnswer } from "../refusal.ts";
import type { PropertyRow } from "../rows.ts";

const TEXTS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
};

/** A refusal of Cloudflare's API as the provider reports it (cloudflare/cloudflare-go v4 and later, `internal/apierror`). */
export function refusal(
  method: RefusalAnswer["method"],
  path: string,
  status: 400 | 403 | 404 | 409,
  code: number,
  message: string,
  reasons: RefusalAnswer["reasons"] = [],
): Refusal {
  const chain = reasons.length === 0 ? {} : { error_chain: reasons };
  const body = JSON.stringify({
    result: null,
    success: false,
    errors: [{ code, message, ...chain }],
    messages: [],
  });
  return new Refusal(
    { method, path, status, code, text: message, reasons },
    `failed to make http request: ${method} "https://api.cloudflare.com/client/v4${path}": ${status} ${TEXTS[status]} ${body}`,
  );
}

/** The id of an account or a zone: 32 hexadecimal digits; the API can't route another (error 7003). */
export const IDENTIFIER: PropertyRow = {
  kind: "string",
  required: true,
  replaces: true,
  refuse: (value) =>
    /^[0-9a-f]{32}$/.test(String(value))
      ? undefined
      : `${String(value)} is no id of 32 hexadecimal digits (Cloudflare: "perhaps your object identifier is invalid?")`,
};

/** The time as the API writes it. */
export function now(): string {
  return new Date().toISOString().replace("Z", "000Z");
}
