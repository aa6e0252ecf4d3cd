import { describe, expect, it } from "vitest";
import { parseManifest, suspicionsOf } from "../../domain/backup/manifest.ts";
import { keyOf, partsOf, stampOf, stampsIn, timeOf } from "../../domain/backup/names.ts";
import { MANIFEST } from "./sample.ts";

const KEY = "dumps/prod/20261128T010000Z.json";

describe("a dump's name", () => {
  it("says when its snapshot was taken, and sorts by it", () => {
    const time = new Date("2026-11-28T01:00:00.123Z");
    expect(stampOf(time)).toBe("20261128T010000Z");
    expect(timeOf("20261128T010000Z")).toEqual(new Date("2026-11-28T01:00:00Z"));
    expect(timeOf("20260231T010000Z")).toBeUndefined();
    expect(timeOf("2026-11-28T0100Z")).toBeUndefined();
  });

  it("is never taken from another stack, another folder, or an object of neither kind", () => {
    const at = { shelf: "dumps", stack: "prod" } as const;
    const keys = [
      keyOf({ ...at, stamp: "20261127T190000Z", kind: "manifest" }),
      keyOf({ ...at, stamp: "20261128T010000Z", kind: "manifest" }),
      keyOf({ ...at, stamp: "20261128T070000Z", kind: "dump" }),
      keyOf({ shelf: "weekly", stack: "prod", stamp: "20261128T080000Z", kind: "manifest" }),
      keyOf({ ...at, stack: "production", stamp: "20261128T090000Z", kind: "manifest" }),
      "dumps/prod/notes.json",
      "dumps/prod/20261301T000000Z.json",
    ];
    expect(stampsIn(keys, { ...at, kind: "manifest" })).toEqual([
      "20261128T010000Z",
      "20261127T190000Z",
    ]);
    expect(partsOf(KEY)).toEqual({ ...at, stamp: "20261128T010000Z", kind: "manifest" });
    expect(keyOf(partsOf(KEY)!)).toBe(KEY);
  });
});

describe("a manifest", () => {
  it("is read as it was written", () => {
    expect(parseManifest(JSON.stringify(MANIFEST), KEY)).toEqual(MANIFEST);
  });

  it("that was cut, is of another form, or lacks a field is none", () => {
    const text = JSON.stringify(MANIFEST);
    for (const cut of ["", text.slice(0, -1), "[]", "null"])
      expect(() => parseManifest(cut, KEY)).toThrow(`${KEY} is no manifest: it is no JSON object`);
    expect(() => parseManifest(JSON.stringify({ ...MANIFEST, form: 2 }), KEY)).toThrow("form 2");
    for (const field of Object.keys(MANIFEST).filter((each) => each !== "form"))
      for (const wrong of [undefined, null, -1])
        expect(() => parseManifest(JSON.stringify({ ...MANIFEST, [field]: wrong }), KEY)).toThrow(
          `its field ${field} is missing or wrong`,
        );
  });

  it("of a database that lost most of its rows, or has no member, is doubted", () => {
    const last = { bytes: 1_000 };
    const of = (bytes: number, localUsers: number) =>
      suspicionsOf({ bytes, counts: { ...MANIFEST.counts, localUsers } }, last);
    expect(of(700, 1)).toEqual([]);
    expect(of(699, 1)).toEqual(["smaller"]);
    expect(of(1_000, 0)).toEqual(["no-accounts"]);
    expect(suspicionsOf({ bytes: 1, counts: MANIFEST.counts }, undefined)).toEqual([]);
  });
});
