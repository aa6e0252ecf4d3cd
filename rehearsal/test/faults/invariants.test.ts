import { describe, expect, it } from "vitest";
import {
  dataAndIdentityKept,
  noObjectUnheld,
  nothingDoubled,
  nothingInvented,
  nothingUnnamed,
  stateAsPlanned,
  type Seen,
} from "../../faults/invariants.ts";

const DATABASE = "digitalocean:index/databaseCluster:DatabaseCluster";
const item = (type: string, id: string) => ({ type, id, name: `name-of-${id}` });
const held = (type: string, id: string) => ({
  urn: `urn:pulumi:prod::mastodon::${type}::${id}`,
  type,
  id,
  custom: true,
});

const WELL: Seen = {
  clouds: [item(DATABASE, "postgres")],
  objects: [item("v1/Secret", "mastodon/keys")],
  state: [held(DATABASE, "postgres"), held("kubernetes:core/v1:Secret", "mastodon/keys")],
};

const DOUBLED: Seen = { ...WELL, clouds: [...WELL.clouds, item(DATABASE, "second")] };

describe("a world that nobody disturbed", () => {
  it("breaks no invariant", () => {
    for (const invariant of [nothingDoubled, nothingInvented, nothingUnnamed, stateAsPlanned])
      expect(invariant(WELL, WELL, "")).toEqual([]);
  });
});

describe("a second database", () => {
  it("is seen: it is billed, and in no state", () => {
    expect(nothingUnnamed(DOUBLED, WELL, "")).toEqual([
      `${DATABASE} name-of-second (second) is in no state, and nobody said so`,
    ]);
    expect(nothingDoubled(DOUBLED, WELL, "")).toEqual([`2 ${DATABASE}, not 1`]);
  });

  it("is a left-over that a person deletes, where recovery names it", () => {
    const said = "left over: second, made today. Delete it, or it stays.";
    expect(nothingUnnamed(DOUBLED, WELL, said)).toEqual([]);
    expect(nothingDoubled(DOUBLED, WELL, said)).toEqual([]);
  });
});

describe("what the state lacks or has too much", () => {
  it("is seen where a cloud or the cluster has it no longer", () => {
    const after = { ...WELL, clouds: [], objects: [] };
    expect(nothingInvented(after, WELL, "")).toHaveLength(2);
    expect(nothingDoubled(after, WELL, "")).toEqual([`0 ${DATABASE}, not 1`, "0 v1/Secret, not 1"]);
  });

  it("is seen where a resource left it, came twice, or is none of the program's", () => {
    const [first, second] = WELL.state;
    expect(stateAsPlanned({ ...WELL, state: [first!] }, WELL, "")).toEqual([
      "mastodon/keys is in no state",
    ]);
    expect(stateAsPlanned({ ...WELL, state: [first!, first!, second!] }, WELL, "")).toEqual([
      "postgres stands twice",
    ]);
    const another = held(DATABASE, "another");
    expect(stateAsPlanned({ ...WELL, state: [...WELL.state, another] }, WELL, "")).toEqual([
      "another is too many",
    ]);
  });
});

describe("a database, or the tunnel that records lead to", () => {
  const kept = (id: string) => ({
    ...held(DATABASE, id),
    urn: `urn:pulumi:prod::mastodon::${DATABASE}::postgres-cluster`,
  });
  const before: Seen = { ...WELL, state: [kept("postgres")] };

  it("is seen where it is another one, or one more", () => {
    expect(dataAndIdentityKept(before, before, "")).toEqual([]);
    const another = { ...before, state: [kept("another")] };
    expect(dataAndIdentityKept(another, before, "")).toEqual([
      "postgres-cluster is another one than postgres",
    ]);
    expect(dataAndIdentityKept({ ...before, clouds: DOUBLED.clouds }, before, "")).toEqual([
      "2 databases, clusters, buckets and tunnels, not 1",
    ]);
  });

  it("is seen where a recovery took it over without its lock", () => {
    const locked = { ...before, state: before.state.map((each) => ({ ...each, protect: true })) };
    expect(dataAndIdentityKept(locked, locked, "")).toEqual([]);
    expect(dataAndIdentityKept(before, locked, "")).toEqual([
      "postgres-cluster is no longer protected",
    ]);
  });
});

describe("an object that a cut-off update made a second time", () => {
  it("is seen in the cluster, where no state holds it", () => {
    expect(noObjectUnheld(WELL, WELL, "")).toEqual([]);
    const objects = [...WELL.objects, item("v1/Secret", "mastodon/keys-2")];
    expect(noObjectUnheld({ ...WELL, objects }, WELL, "")).toEqual([
      "v1/Secret mastodon/keys-2 is in the cluster and in no state",
    ]);
  });
});
