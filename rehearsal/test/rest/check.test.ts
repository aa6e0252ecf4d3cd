import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { checkDigitalocean } from "./check.ts";

const named = (schema: object) => ({
  description: "",
  content: { "application/json": { schema } },
});

/** A description of one path in two files, as DigitalOcean keeps its own. */
function describeTag(tag: object, status = "200"): string {
  const folder = temporaryFolder("description");
  mkdirSync(join(folder, "tags"));
  writeFileSync(join(folder, "tags", "tag.yml"), stringify(tag));
  const answer = { type: "object", properties: { tag: { $ref: "tags/tag.yml" } } };
  const error = named({ type: "object", required: ["id", "message"] });
  const file = join(folder, "description.yaml");
  const get = { responses: { [status]: named(answer), 401: error, 404: error } };
  writeFileSync(file, stringify({ openapi: "3.0.0", paths: { "/v2/tags/{name}": { get } } }));
  return file;
}

const TAG = {
  allOf: [
    { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
    { properties: { resources: { type: "object", nullable: true } } },
  ],
};
const faultsOf = async (file: string) => {
  const { invalid, checked } = await checkDigitalocean(file);
  expect(checked).toBe(1);
  return invalid;
};

describe("the check against DigitalOcean's description", () => {
  it("finds nothing where the answers are as described, over files that refer to each other", async () => {
    expect(await faultsOf(describeTag(TAG))).toEqual([]);
  });

  it("finds a wrong kind, a field that is missing, and one that nobody describes", async () => {
    const [wrong] = await faultsOf(
      describeTag({ type: "object", properties: { name: { type: "integer" }, resources: {} } }),
    );
    expect(wrong).toContain("GET /v2/tags/{tag_id}: answer/tag/name must be integer");
    const faults = await faultsOf(
      describeTag({ type: "object", properties: { nam: {}, resources: {} }, required: ["nam"] }),
    );
    expect(faults.join("\n")).toContain("must have required property 'nam'");
    expect(faults.join("\n")).toContain('{"additionalProperty":"name"}');
  });

  it("finds a status that is not described", async () => {
    expect(await faultsOf(describeTag(TAG, "202"))).toEqual([
      "GET /v2/tags/{tag_id}: answers 200; described are 202,401,404",
    ]);
  });

  it("says which departures nothing shows any more", async () => {
    const { unused } = await checkDigitalocean(describeTag(TAG));
    expect(unused).toContain("GET /v2/spaces/keys/{access_key}: answer");
  });
});
