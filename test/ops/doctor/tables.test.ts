import { expect, test } from "vitest";
import { LINES } from "../../../ops/doctor/all.ts";
import { PERMISSION_REQUESTS } from "../../../ops/doctor/lines/cloudflare.ts";
import { SCOPE_REQUESTS } from "../../../ops/doctor/lines/scopes.ts";
import { PERMISSIONS } from "../../../ops/docs/token-permissions.ts";

const all = Object.values(PERMISSIONS).flat();
const over = (cloud: string): readonly string[] => [
  ...new Set(all.filter((each) => each.cloud === cloud).map((each) => each.over)),
];

test("each permission of the tokens' table is asked: one that is not would be missed in the middle of an update", () => {
  expect(Object.keys(SCOPE_REQUESTS).toSorted()).toEqual(over("DigitalOcean").toSorted());
  expect(PERMISSION_REQUESTS.map(({ name }) => name).toSorted()).toEqual(
    over("Cloudflare").toSorted(),
  );
});

test("numbers and names of lines are unique, and the numbers grow", () => {
  const numbers = LINES.map(({ number }) => number);
  expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
  expect(new Set(LINES.map(({ name }) => name)).size).toBe(LINES.length);
});
