import { Refusal, type RefusalAnswer } from "../refusal.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";

const TEXTS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
};

/**
 * A refusal of Cloudflare's API as the provider reports it (cloudflare/cloudflare-go v4 and later,
 * `internal/apierror`).
 */
export function refusal(
  method: RefusalAnswer["method"],
  path: string,
  status: 400 | 401 | 403 | 404 | 409,
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

/**
 * Warnings about settings that can be set and not deleted (`resource.go` of each, `ModifyPlan`), as
 * the provider's plugin shows them. The one of a create was measured 2026-11-28, with 5.22.0.
 */
export const STAYS: NonNullable<ResourceRow["forgets"]> = {
  create:
    "[WARNING] This resource cannot be destroyed from Terraform. If you create this resource, it will be present in the API until manually deleted.: Resource Destruction Considerations",
  delete:
    "[WARNING] Applying this resource destruction will remove the resource from the Terraform state but will not change it in the API. If you would like to destroy or reset this resource in the API, refer to the documentation for how to do it manually.: Resource Destruction Considerations",
};

/**
 * The id of an account or a zone: 32 hexadecimal digits. The API can't route another (error 7003).
 */
export const IDENTIFIER: PropertyRow = {
  kind: "string",
  required: true,
  replaces: true,
  refuse: (value) =>
    /^[0-9a-f]{32}$/.test(String(value))
      ? undefined
      : `${String(value)} is no id of 32 hexadecimal digits (Cloudflare: "perhaps your object identifier is invalid?")`,
};

/** Current time in the API's format. */
export function now(): string {
  return new Date().toISOString().replace("Z", "000Z");
}
