import { expect, test } from "vitest";
import { edgeRulesOf } from "../../cdn/rules/all.ts";
import { parseConfig } from "../../input/parse.ts";
import { IMAGES } from "../../config/images.ts";
import { holds, textOf, type Fields } from "../../rehearsal/edge/expressions/evaluate.ts";
import { parseCondition, parseValue } from "../../rehearsal/edge/expressions/parse.ts";
import { BASE } from "../config/base.ts";

/** URL to which a request for an old picture is redirected; undefined if it is not. */
function sentTo(media: object, host: string, path: string): string | undefined {
  const rules = edgeRulesOf(parseConfig({ ...BASE, media }), IMAGES.mastodon);
  const rule = rules.http_request_dynamic_redirect?.find(
    ({ ref }) => ref === "media_from_local_disk",
  );
  const fields: Fields = { "http.host": host, "http.request.uri.path": path };
  if (rule === undefined || !holds(parseCondition(rule.expression, "request"), fields))
    return undefined;
  const fromValue = rule.actionParameters?.fromValue as {
    readonly targetUrl: { readonly expression: string };
  };
  expect(fromValue).toMatchObject({ statusCode: 301, preserveQueryString: true });
  return textOf(parseValue(fromValue.targetUrl.expression), fields);
}

const DISK = { fromLocalDisk: true };
const PICTURE = "/media_attachments/files/1/original/a.png";

test("pictures that once lay on the server's disk are found where they lie now, by all who remember where they lay", () => {
  for (const host of ["example.social", "assets.example.social"])
    expect(sentTo(DISK, host, `/system${PICTURE}`)).toBe(`https://media.example.social${PICTURE}`);
  expect(
    sentTo({ ...DISK, host: "files.example.social" }, "example.social", "/system/cache/x"),
  ).toBe("https://files.example.social/cache/x");
});

test("and nothing else is sent there", () => {
  expect(sentTo({}, "example.social", `/system${PICTURE}`)).toBeUndefined();
  expect(sentTo(DISK, "streaming.example.social", `/system${PICTURE}`)).toBeUndefined();
  for (const path of [PICTURE, "/system", "/systems/a", "/api/v1/system/"])
    expect(sentTo(DISK, "example.social", path)).toBeUndefined();
});
