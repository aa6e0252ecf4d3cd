import { describe, expect, test } from "vitest";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { SECRET_MARK } from "../../plan/answers.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { refusalOf } from "../config/base.ts";
import { RESTORED_DUMP, withRestore } from "../config/every-option.ts";
import { comesBefore, environmentOf, podsOf, textsOf } from "./views.ts";

/** A dump is restored once, in the right order, and its key is gone afterwards. */

const withDump = (dump: object, stopped: readonly string[] = ["sidekiq"]) => {
  const raw = withRestore(readStackFile());
  const { origin, ...postgres } = raw["postgres"] as { readonly origin: { readonly dump: object } };
  const changed = { ...origin, since: "2025-03-02", dump: { ...origin.dump, ...dump } };
  return { ...raw, postgres: { ...postgres, origin: changed }, stopped };
};
const planned = (raw: ReturnType<typeof withDump>): Promise<Plan> =>
  planStack(raw, { exists: true });
const during = await planned(withDump({}));
const after = await planned(withDump({ restored: true }, []));

const named = (plan: Plan, name: string) =>
  plan.resources.find((each) => each.name === name && each.custom);

const podOf = (plan: Plan, name: string) => podsOf(plan).find((each) => each.name === name)!;

/** Names of everything that precedes a resource. */
function before(plan: Plan, name: string): readonly string[] {
  const urns = comesBefore(plan, named(plan, name)!);
  return plan.resources.filter(({ urn }) => urns.has(urn)).map((each) => each.name);
}

describe("the order", () => {
  const ORDER = [
    "preflight",
    "database-grants",
    "restore",
    "database-regrants",
    "restore-canary",
    "migrate-pre-deployment",
    "streaming-grants",
    "web",
    "rollout",
    "migrate-post-deployment",
  ];

  test.each(ORDER.slice(1).map((name, at) => [name, ORDER[at]!]))(
    "%s comes after %s",
    (name, earlier) => {
      expect(before(during, name)).toContain(earlier);
    },
  );

  test("Sidekiq has no pod until somebody has looked, and a restore beside it is refused", () => {
    const sidekiq = during.resources.filter(
      ({ name, type }) => name.startsWith("sidekiq-") && type.endsWith(":Deployment"),
    );
    expect(sidekiq.length).toBeGreaterThan(0);
    for (const { inputs } of sidekiq)
      expect((inputs["spec"] as { replicas?: number }).replicas).toBe(0);
    expect(refusalOf(withDump({}, []))).toContain("`sidekiq` is not in it");
  });
});

describe("the key of the dump", () => {
  const holders = (plan: Plan): readonly string[] =>
    plan.resources
      .filter(({ inputs }) =>
        [...textsOf([inputs], { secrets: true })].some(({ text }) =>
          text.includes(`${SECRET_MARK}dumpFileKey`),
        ),
      )
      .map(({ name }) => name);

  test("is in one Secret while the dump is restored, and in none afterwards", () => {
    expect(holders(during)).toEqual(["restore-file-key"]);
    expect(holders(after)).toEqual([]);
  });

  test("reaches the program that decrypts, and neither rclone nor the database's", () => {
    const { containers } = podOf(during, "restore");
    const reading = containers.filter((each) => environmentOf(during, each).has("DUMP_FILE_KEY"));
    expect(reading.map(({ name }) => name)).toEqual(["decrypt"]);
  });
});

test("afterwards nothing of the restore is left, and every other Job is the one that ran", () => {
  const gone = during.resources
    .filter(({ urn }) => after.resources.every((each) => each.urn !== urn))
    .filter(({ custom }) => custom)
    .map(({ name }) => name);
  for (const name of gone) expect(name).toMatch(/^(restore|database-regrants|network-restore)/u);
  expect(gone).toEqual(expect.arrayContaining(["restore", "restore-file-key", "restore-canary"]));
  for (const name of ["preflight", "database-grants", "migrate-pre-deployment"])
    expect(podOf(after, name).spec).toEqual(podOf(during, name).spec);
});

test("the pod has room for the dump twice, encrypted and plain", () => {
  const { volumes } = podOf(during, "restore").spec as {
    readonly volumes: readonly { readonly name: string; readonly emptyDir?: unknown }[];
  };
  const work = volumes.find(({ name }) => name === "work")?.emptyDir as {
    readonly sizeLimit: string;
  };
  expect(Number.parseInt(work.sizeLimit, 10) * 2 ** 20).toBeGreaterThan(2 * RESTORED_DUMP.bytes);
});

test("on the way back to the former cluster nothing is restored", async () => {
  const { postgres, ...raw } = withDump({});
  const back = await planned({ ...raw, postgres: { ...postgres, ...{ former: "serve" } } });
  expect(named(back, "restore")).toBeUndefined();
});
