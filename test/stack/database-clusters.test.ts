import { describe, expect, test } from "vitest";
import { lifeAfter } from "../../domain/data-life.ts";
import { IMAGES } from "../../config/images.ts";
import { keptBy } from "../../domain/kept.ts";
import { NOBODY } from "../../config/topology.ts";
import { parseConfig } from "../../input/parse.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { rawWith } from "../infra/raw.ts";
import { theResource } from "./views.ts";

/** A second database cluster beside the first: no data is lost, and none serves twice. */

const FORK = { id: "9cc10173-e9ea-4176-9dbc-a4cee4c4ff30", name: "postgres-cluster-8efc904-fork" };
const SECOND = { postgres: { origin: { since: "2025-03-02", number: 2, cluster: FORK } } };
const as = (former: string) => ({ postgres: { ...SECOND.postgres, former } });
const IMAGE = IMAGES.mastodon;
const NOW = new Date("2026-11-29T00:00:00Z");
const data = { since: "2025-03-02", epoch: 1 };
const FIREWALL = "digitalocean:index/databaseFirewall:DatabaseFirewall";

const plain = await planStack(rawWith({}));
const second = await planned(SECOND);
const back = await planned(as("serve"));

/** A plan in which every resource exists that is not refused. */
async function planned(changes: Parameters<typeof rawWith>[0]): Promise<Plan> {
  return await planStack(rawWith(changes), { exists: true });
}

const named = (plan: Plan, prefix: RegExp) =>
  plan.resources.filter(({ name, custom }) => custom && prefix.test(name));
const FIRST_ONES = /^postgres-(?!\d)/u;
const SECOND_ONES = /^postgres-2-/u;

describe("beside a second cluster the first", () => {
  test("keeps its URNs, and each part of it stays at DigitalOcean, also when it is forgotten", () => {
    const before = new Set(named(plain, FIRST_ONES).map(({ urn }) => urn));
    const idle = named(second, FIRST_ONES).filter(({ type }) => type.includes("database"));
    expect(idle.map(({ name }) => name).sort()).toEqual([
      "postgres-application",
      "postgres-cluster",
      "postgres-database",
      "postgres-firewall",
      "postgres-streaming",
    ]);
    for (const { urn, name, protect, retainOnDelete } of idle) {
      expect(before.has(urn), name).toBe(true);
      // A protected one can't be forgotten by an update: then `former: release` would fail.
      expect([name, protect, retainOnDelete]).toEqual([name, false, true]);
    }
  });

  test("admits nobody, and the second one the nodes", () => {
    const rules = (name: string) => theResource(second, FIREWALL, name).inputs["rules"];
    expect(rules("postgres-firewall")).toEqual([{ type: "ip_addr", value: NOBODY }]);
    expect(rules("postgres-2-firewall")).toEqual([{ type: "tag", value: "network-nodes-0a1b2c3" }]);
  });

  test("is not changed to what the stack file says about the one that serves", () => {
    const cluster = named(second, /^postgres-cluster$/u)[0]!;
    const inputs = Object.keys(cluster.inputs);
    expect(inputs.filter((key) => !cluster.ignoreChanges.includes(key))).toEqual([]);
    expect(cluster.ignoreChanges).toEqual(expect.arrayContaining(["size", "privateNetworkUuid"]));
  });

  test("is gone from a plan that releases it, and nothing else is", async () => {
    const released = await planned(as("release"));
    expect(named(released, FIRST_ONES)).toEqual([]);
    const left = second.resources.filter(({ urn }) =>
      released.resources.every((each) => each.urn !== urn),
    );
    expect(left.filter(({ custom, name }) => custom && !FIRST_ONES.test(name))).toEqual([]);
  });
});

describe("a cluster that DigitalOcean made", () => {
  test("is taken over by its id, with its database and roles, and protected like the first", () => {
    const { id, name } = FORK;
    expect(
      named(second, SECOND_ONES)
        .filter(({ importId }) => importId !== "")
        .map((each) => [each.name, each.importId, each.protect])
        .sort(),
    ).toEqual([
      ["postgres-2-application", `${id},mastodon`, true],
      ["postgres-2-cluster", id, true],
      ["postgres-2-database", `${id},mastodon`, true],
      ["postgres-2-streaming", `${id},mastodon_streaming`, false],
    ]);
    const [cluster] = named(second, /^postgres-2-cluster$/u);
    // Another name would replace it.
    expect(cluster?.inputs["name"]).toBe(name);
  });

  test("is what every pod, alert and the project then use, and no pod knows the first", () => {
    const using = second.resources
      .filter(({ dependencies, name }) => {
        const urns = named(second, /^postgres-cluster$/u).map(({ urn }) => urn);
        return !FIRST_ONES.test(name) && dependencies.some((urn) => urns.includes(urn));
      })
      .map(({ name }) => name);
    // The bill shows both, for as long as both are paid for.
    expect(using).toEqual(["project-members"]);
  });
});

test("on the way back the first one serves as before, and the second one stays and admits nobody", () => {
  const shapes = (plan: Plan) =>
    named(plan, FIRST_ONES).map(({ urn, inputs, protect, retainOnDelete }) => [
      urn,
      inputs,
      protect,
      retainOnDelete,
    ]);
  expect(shapes(back)).toEqual(shapes(plain));
  for (const { name, retainOnDelete } of named(back, SECOND_ONES))
    expect([name, retainOnDelete]).toEqual([name, true]);
  expect(theResource(back, FIREWALL, "postgres-2-firewall").inputs["rules"]).toEqual([
    { type: "ip_addr", value: NOBODY },
  ]);
});

describe("no cluster is made in the place of one that is lost", () => {
  const lifeOf = (running: Parameters<typeof lifeAfter>[0], changes: object) =>
    lifeAfter(running, parseConfig(rawWith(changes as never)), IMAGE, NOW);
  const refused = (...given: Parameters<typeof lifeOf>) =>
    [...lifeOf(...given).refusals.keys()].filter((name) => name.startsWith("postgres"));
  const FIRST = ["postgres-cluster", "postgres-database"];
  const NUMBER_2 = ["postgres-2-cluster", "postgres-2-database"];
  const moved = { data: lifeOf({ data }, SECOND).data };

  test("a number that is new is made, and the former one is not", () => {
    expect(moved.data).toEqual({ ...data, number: 2 });
    expect(refused({ data }, SECOND)).toEqual(FIRST);
    expect(refused({ data }, as("release"))).toEqual([]);
    // Also for the first update of a new stack.
    expect(refused(undefined, SECOND)).toEqual(FIRST);
  });

  test("a number that an update left is not made again, whichever of both serves", () => {
    expect(refused(moved, SECOND).sort()).toEqual([...NUMBER_2, ...FIRST]);
    expect(refused(moved, as("release"))).toEqual(NUMBER_2);
    expect(refused(moved, as("serve")).sort()).toEqual([...NUMBER_2, ...FIRST]);
    expect(refused({ data: { ...data, number: 3 } }, as("serve"))).toEqual(
      expect.arrayContaining(FIRST),
    );
  });

  test("its role follows the number, under its one key of `anew`", () => {
    const kept = keptBy(parseConfig(rawWith(SECOND)));
    expect(refused({ data: moved.data, kept }, SECOND)).toContain("postgres-2-application");
    const before = keptBy(parseConfig(rawWith({})));
    expect(refused({ data, kept: before }, SECOND)).not.toContain("postgres-2-application");
  });

  test("no schema is loaded into one that another source fills", () => {
    for (const running of [undefined, { data }])
      expect(lifeOf(running, SECOND).mayBeEmptyUntil).toBeUndefined();
  });

  test("the refusal names a key that is accepted", () => {
    const [, says] = [...lifeOf({ data }, SECOND).refusals].find(
      ([name]) => name === "postgres-cluster",
    )!;
    expect(says).toContain("mastodon:postgres.former release");
    expect(refused({ data }, as("release"))).toEqual([]);
  });
});
