import { expect, test } from "vitest";
import {
  exportRules,
  mediaCacheRule,
  mediaHeadersRule,
  mediaRules,
} from "../../cdn/rules/media.ts";

const HOSTS = ["media.example.social", "files.example.social"];

test("rules are for the media hosts alone, and for no host there is no rule to write", () => {
  const hosts = 'http.host in {"media.example.social" "files.example.social"}';
  for (const { expression } of Object.values(mediaRules(HOSTS)).flat())
    expect(expression).toBe(hosts);
  expect(mediaRules([])).toEqual({});
  const [exports] = exportRules(HOSTS).http_request_firewall_custom ?? [];
  expect(exports?.expression).toBe(
    `(${hosts} and starts_with(http.request.uri.path, "/backups/"))`,
  );
  expect(exportRules([])).toEqual({});
});

test("every file is kept for a day, and a miss as its origin says, whatever stands behind its question mark", () => {
  expect(mediaCacheRule(HOSTS)).toMatchObject({
    action: "set_cache_settings",
    actionParameters: {
      cache: true,
      edgeTtl: {
        mode: "respect_origin",
        statusCodeTtls: [{ statusCodeRange: { from: 200, to: 299 }, value: 86_400 }],
      },
      cacheKey: { customKey: { queryString: { exclude: { all: true } } } },
    },
  });
});

test("a file that is opened as a page runs nothing, is what it says it is, sets no cookie, and every page may read it", () => {
  expect(mediaHeadersRule(HOSTS).actionParameters?.headers).toEqual({
    "Access-Control-Allow-Origin": { operation: "set", value: "*" },
    "X-Content-Type-Options": { operation: "set", value: "nosniff" },
    "Content-Security-Policy": {
      operation: "set",
      value: "default-src 'none'; form-action 'none'",
    },
    "Set-Cookie": { operation: "remove" },
  });
});
