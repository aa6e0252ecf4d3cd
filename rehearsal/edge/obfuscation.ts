import { buffer } from "node:stream/consumers";
import { headerOf, withHeaders } from "./messages.ts";
import type { Reply } from "./upstream.ts";

const ADDRESS = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu;
const LINK = '<a href="/cdn-cgi/l/email-protection">[email&#160;protected]</a>';

/**
 * Scrape Shield, which is on in a new zone: it replaces email addresses in HTML, and adds a script
 * that restores them. A page's policy forbids that script, and `@user@server` looks like an email
 * address (https://developers.cloudflare.com/waf/tools/scrape-shield/email-address-obfuscation/).
 */
export async function obfuscated(reply: Reply): Promise<Reply> {
  const html = (headerOf(reply.headers, "content-type") ?? "").startsWith("text/html");
  if (!html || headerOf(reply.headers, "content-encoding") !== undefined) return reply;
  const body = Buffer.isBuffer(reply.body) ? reply.body : await buffer(reply.body);
  const changed = Buffer.from(body.toString("utf8").replaceAll(ADDRESS, LINK));
  if (changed.equals(body)) return { ...reply, body };
  const headers = withHeaders(reply.headers, {
    "content-length": String(changed.length),
    etag: undefined,
  });
  return { ...reply, headers, body: changed };
}
