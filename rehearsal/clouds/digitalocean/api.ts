import { randomUUID } from "node:crypto";

/**
 * A refusal of DigitalOcean's API as the provider reports it
 * (digitalocean/godo `ErrorResponse.Error`; the words before it are the provider's own). Where a call of this names no source
 * for the message, the rule is documented and the words are ours.
 */
export function refusal(
  doing: string,
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  status: number,
  message: string,
): Error {
  return new Error(
    `Error ${doing}: ${method} https://api.digitalocean.com${path}: ${status} (request "${randomUUID()}") ${message}`,
  );
}

/** The time as the API writes it. */
export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
