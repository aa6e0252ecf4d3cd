import type { Fields } from "./expressions/evaluate.ts";
import type { EdgeRequest } from "./messages.ts";

/** Path and query of a target; the query without its `?`. */
export function partsOf(target: string): { readonly path: string; readonly query: string } {
  const at = target.indexOf("?");
  return at < 0
    ? { path: target, query: "" }
    : { path: target.slice(0, at), query: target.slice(at + 1) };
}

const UNRESERVED = /[A-Za-z0-9\-._~]/u;

/**
 * A path as rules see it. Cloudflare normalizes incoming URLs by RFC 3986 by default, and sends the
 * original to the origin (https://developers.cloudflare.com/rules/normalization/settings/:
 * "RFC-3986", incoming on, to origin off; `…/how-it-works/`).
 */
export function normalizedPath(path: string): string {
  const decoded = path.replaceAll(/%[0-9a-fA-F]{2}/gu, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return UNRESERVED.test(character) ? character : escape.toUpperCase();
  });
  const kept: string[] = [];
  const parts = decoded.split("/").slice(1);
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    if (part === "..") kept.pop();
    if (part !== "." && part !== "..") kept.push(part);
    else if (last) kept.push("");
  }
  return `/${kept.join("/")}`;
}

/** Fields of a request that a rule may read, with those of the `response` if there is one. */
export function fieldsOf(request: EdgeRequest, response?: { readonly status: number }): Fields {
  return {
    "http.host": request.host,
    "http.request.uri.path": normalizedPath(partsOf(request.target).path),
    "http.request.method": request.method,
    "http.request.headers": request.headers,
    "ip.src": request.clientAddress,
    ...(response === undefined ? {} : { "http.response.code": response.status }),
  };
}
