import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { secretAccessKeyOf } from "../../cdn/bucket-key.ts";
import { ADOPTED_TOKEN } from "../../domain/media.ts";

it("a token that was adopted keeps R2's secret: another one would roll every pod", () => {
  const secret = createHash("sha256").update("a-value-told-once").digest("hex");
  expect(secretAccessKeyOf("a-value-told-once")).toBe(secret);
  expect(secretAccessKeyOf(`${ADOPTED_TOKEN}${secret}`)).toBe(secret);
});
