import { gunzipSync } from "node:zlib";
import { headerOf, withHeaders, type EdgeRequest, type EdgeResponse } from "./messages.ts";

/**
 * Adapts a cached answer to the request. A client without compression gets it uncompressed. A
 * client that has it gets 304. Others get a range, or only the headers.
 */
export function selected(request: EdgeRequest, kept: EdgeResponse): EdgeResponse {
  const response = readable(request, kept);
  if (notModified(request, response)) return bodiless({ ...response, status: 304 });
  const ranged = response.status === 200 ? ofRange(request, response) : response;
  return request.method === "HEAD" ? bodiless(ranged) : ranged;
}

/**
 * Cloudflare decompresses, and the strong tag becomes a weak one
 * (https://developers.cloudflare.com/cache/reference/etag-headers/).
 */
function readable(request: EdgeRequest, response: EdgeResponse): EdgeResponse {
  const accepts = /\bgzip\b/u.test(headerOf(request.headers, "accept-encoding") ?? "");
  if (headerOf(response.headers, "content-encoding") !== "gzip" || accepts) return response;
  const body = gunzipSync(response.body);
  const tag = headerOf(response.headers, "etag");
  const headers = withHeaders(response.headers, {
    "content-encoding": undefined,
    "content-length": String(body.length),
    etag: tag === undefined || tag.startsWith("W/") ? tag : `W/${tag}`,
  });
  return { ...response, headers, body };
}

function notModified({ headers: asked }: EdgeRequest, { status, headers }: EdgeResponse): boolean {
  if (status !== 200) return false;
  const tags = headerOf(asked, "if-none-match");
  const bare = (tag: string): string => tag.trim().replace(/^W\//u, "");
  if (tags !== undefined)
    return tags
      .split(",")
      .some((tag) => tag.trim() === "*" || bare(tag) === bare(headerOf(headers, "etag") ?? ""));
  const since = Date.parse(headerOf(asked, "if-modified-since") ?? "");
  return Date.parse(headerOf(headers, "last-modified") ?? "") <= since;
}

/**
 * One range. For several, and for an invalid one, the whole file
 * (https://developers.cloudflare.com/cache/reference/range-requests/).
 */
function ofRange(request: EdgeRequest, response: EdgeResponse): EdgeResponse {
  const { first, last } =
    /^bytes=(?<first>\d*)-(?<last>\d*)$/u.exec(headerOf(request.headers, "range") ?? "")?.groups ??
    {};
  if (first === undefined || last === undefined) return response;
  const condition = headerOf(request.headers, "if-range");
  const known = [headerOf(response.headers, "etag"), headerOf(response.headers, "last-modified")];
  if (condition !== undefined && !known.includes(condition)) return response;
  const size = response.body.length;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (from > to || from >= size || (first === "" && Number(last) === 0))
    return {
      status: 416,
      headers: withHeaders(response.headers, {
        "content-range": `bytes */${size}`,
        "content-length": "0",
      }),
      body: Buffer.alloc(0),
    };
  const body = response.body.subarray(from, to + 1);
  const headers = withHeaders(response.headers, {
    "content-range": `bytes ${from}-${to}/${size}`,
    "content-length": String(body.length),
  });
  return { status: 206, headers, body };
}

function bodiless(response: EdgeResponse): EdgeResponse {
  return { ...response, body: Buffer.alloc(0) };
}
