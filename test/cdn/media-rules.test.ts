import { expect, test } from "vitest";
import { mediaCacheRule, mediaHeadersRule, mediaRules } from "../../cdn/rules/media.ts";

const HOSTS = ["media.example.social", "files.example.social"];

test("rules are for the media hosts alone, and for no host there is no rule to write", () => {
  for (const { expression } of Object.values(mediaRules(HOSTS)).flat())
    expect(expression).toBe('http.host in {"media.example.social" "files.example.social"}');
  expect(mediaRules([])).toEqual({});
});

test("every file is kept as its origin says, whatever stands behind its question mark", () => {
  expect(mediaCacheRule(HOSTS)).toMatchObject({
    action: "set_cache_settings",
    actionParameters: {
      cache: true,
      edgeTtl: { mode: "respect_origin" },
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
