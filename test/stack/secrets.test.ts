import { expect, test } from "vitest";
import { SECRET_KEYS } from "../../config/secret-keys/values.ts";
import { SECRET_MARK } from "../../plan/answers.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { environmentOf, holdsMark, podsOf, textsOf } from "./views.ts";

const plan = await planStack();

test("no secret stands open in the state, whoever made it", () => {
  const open = plan.resources.flatMap((resource) =>
    [...textsOf(resource.inputs)]
      .filter(({ text }) => holdsMark(text))
      .map(({ path }) => `${resource.type} ${resource.name}${path}`),
  );
  expect(open).toEqual([]);
});

test("each secret is used: the search above would be of no worth if the marks got lost", () => {
  const used = plan.resources.flatMap((resource) =>
    [...textsOf(resource.inputs, { secrets: true })].flatMap(
      ({ text }) => text.match(new RegExp(`${SECRET_MARK}[\\w-]+`, "u")) ?? [],
    ),
  );
  expect([...new Set(used)].sort()).toEqual(
    [
      ...SECRET_KEYS,
      "postgres-cluster-password",
      "postgres-application-password",
      "postgres-streaming-password",
      "valkey-cluster-password",
    ]
      .map((name) => SECRET_MARK + name)
      .sort(),
  );
});

test("the stack's outputs hold no secret", () => {
  expect(
    [...textsOf(plan.outputs, { secrets: true })].filter(({ text }) => text.includes(SECRET_MARK)),
  ).toEqual([]);
});

test("streaming, which anyone can reach, holds its own password and the way to Redis, and none of Mastodon's secrets", () => {
  const streaming = podsOf(plan).find(({ name }) => name === "streaming");
  const held = (streaming?.containers ?? []).flatMap((container) => [
    ...textsOf([...environmentOf(plan, container).values()], { secrets: true }),
  ]);
  const marks = held.flatMap(
    ({ text }) => text.match(new RegExp(`${SECRET_MARK}[\\w-]+`, "gu")) ?? [],
  );
  expect(marks.sort()).toEqual([
    `${SECRET_MARK}postgres-streaming-password`,
    `${SECRET_MARK}valkey-cluster-password`,
  ]);
});

test("no secret is on a command line, where every process of the node may read it", () => {
  const shown = podsOf(plan).flatMap(({ containers }) =>
    containers.flatMap(({ args, command, env }) => [
      ...textsOf([args, command, env], { secrets: true }),
    ]),
  );
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.filter(({ text }) => text.includes(SECRET_MARK))).toEqual([]);
});

test("no pod mounts Mastodon's secrets as files, which textsOf the environment would not show", () => {
  const mounted = podsOf(plan).flatMap(({ spec }) =>
    ((spec["volumes"] ?? []) as { secret?: { secretName: string } }[]).flatMap(({ secret }) =>
      secret === undefined ? [] : [secret.secretName],
    ),
  );
  expect(new Set(mounted)).toEqual(new Set(["environment-ca-secret-0a1b2c3d"]));
});
