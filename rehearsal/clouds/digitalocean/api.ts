import { randomUUID } from "node:crypto";
import type { Properties } from "../../providers/provider.ts";
import { apiFaults } from "../api-faults.ts";
import { Refusal, type RefusalAnswer } from "../refusal.ts";
import type { ResourceRow } from "../rows.ts";

/**
 * The `id` of an error by its HTTP status (digitalocean/openapi 7c1300c4, 2026-08-07,
 * `specification/shared/models/error.yml` and `…/responses/`). Those of 409 and 412 are invented in
 * the same style.
 */
const IDS: Readonly<Record<number, string>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  412: "precondition_failed",
  422: "unprocessable_entity",
  429: "too_many_requests",
};

/**
 * A refusal of DigitalOcean's API as the provider reports it (digitalocean/godo
 * `ErrorResponse.Error`; the words before it are the provider's own). If a call of this names no
 * source for the message, the rule is documented and the message is invented.
 */
export function refusal(
  doing: string,
  method: RefusalAnswer["method"],
  path: string,
  status: number,
  message: string,
): Refusal {
  return new Refusal(
    { method, path, status, code: IDS[status] ?? "server_error", text: message },
    `Error ${doing}: ${method} https://api.digitalocean.com${path}: ${status} (request "${randomUUID()}") ${message}`,
  );
}

/**
 * Refuses inputs that the API refuses regardless of existing objects. Messages are invented, except
 * quoted ones.
 */
export function refuseFaults(
  row: ResourceRow,
  inputs: Properties,
  doing: string,
  method: "POST" | "PUT" | "PATCH",
  path: string,
): void {
  const [fault] = apiFaults(row, inputs);
  if (fault !== undefined) throw refusal(doing, method, path, 422, fault);
}

/** A rule of the API: the value is one of these. */
export function offered(
  names: readonly (string | number)[],
): (value: unknown) => string | undefined {
  return (value) =>
    names.includes(value as string | number)
      ? undefined
      : `${String(value)} is not offered; there are ${names.join(", ")}`;
}

/** Current time in the API's format. */
export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
