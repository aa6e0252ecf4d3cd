import type { Properties } from "../../providers/provider.ts";

/**
 * Request headers that a rule may change. Source: cloudflare/cloudflare-docs
 * `src/content/docs/rules/transform/request-header-modification/index.mdx` at 01c8942 and
 * `…/reference/header-format.mdx`, read 2026-11-28. The API's messages are not published.
 *
 * That page adds "a limited number of HTTP request headers that you cannot modify" and names none.
 * Whether `Forwarded` and `Client-Ip` are among them is not verified.
 */

/**
 * "Commonly used to identify the website visitor's IP address or initial protocol": they can be
 * removed and not set.
 */
const VISITOR = ["x-forwarded-for", "true-client-ip", "x-real-ip", "x-forwarded-proto"];

/**
 * From developer.mozilla.org/docs/Glossary/Forbidden_header_name, as of 2026-11; `Cookie` may be
 * removed.
 */
const FORBIDDEN =
  /^(?:accept-(?:charset|encoding)|access-control-request-(?:headers|method|private-network)|connection|content-length|date|dnt|expect|host|keep-alive|origin|permissions-policy|referer|te|trailer|transfer-encoding|upgrade|via|(?:proxy|sec)-.*)$/u;

/** Returns a sentence for each part of a rule's `headers` that the API refuses. */
export function requestHeaderRefusals(rule: Properties): readonly string[] {
  const { headers = {} } = (rule["actionParameters"] ?? {}) as Properties;
  return Object.entries(headers as Readonly<Record<string, Properties>>).flatMap(
    ([written, { operation }]) => {
      const name = written.toLowerCase();
      const refused = (why: string): readonly string[] => [
        `the request header '${written}' can't be changed: ${why}`,
      ];
      if (!/^[a-z0-9_-]+$/u.test(name)) return refused("its name has other characters");
      if (/^(?:x-)?cf-/u.test(name) && !(name === "cf-connecting-ip" && operation === "remove"))
        return refused("it is Cloudflare's own");
      if (FORBIDDEN.test(name)) return refused("its name is forbidden");
      if (operation === "add") return refused("requests know set and remove");
      if (operation === "set" && [...VISITOR, "cookie"].includes(name))
        return refused("it may be removed, and never be set");
      return [];
    },
  );
}
