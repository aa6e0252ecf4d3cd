import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { nameOf, type StackExport, type StateResource } from "../../ops/recover/state.ts";
import { CLUSTER, STACK } from "../../ops/recover/types.ts";
import { ServerWithoutState } from "./adopt-world.ts";
import { recoverOver } from "./recover-world.ts";

/**
 * Objects whose create was answered with an error after they were stored. The provider forgets the
 * id, so nothing is pending: `npm run recover` looks for them in the stack's own cluster.
 */

const server = await ServerWithoutState.open();
await server.adopt();
const { resources: whole = [] } = server.written!.deployment;
afterAll(async () => {
  await server.close();
});
beforeEach(() => {
  server.clusterStatus = undefined;
});

/** The stack as an update leaves it that never came to its end. */
const FAILED_FIRST = (each: StateResource): StateResource =>
  each.type === STACK ? { ...each, outputs: {} } : each;

async function recover(
  isForgotten: (resource: StateResource) => boolean,
  as: (resource: StateResource) => StateResource = (each) => each,
) {
  let state: StackExport = {
    version: 3,
    deployment: { resources: whole.filter((each) => !isForgotten(each)).map(as) },
  };
  const before = state;
  let said = "";
  const { plan, cluster } = server.commandsWorld();
  const well = await recoverOver(server.rest, ["--yes"], {
    state: () => state,
    write: (after) => (state = after),
    say: (text) => (said += `${text}\n`),
    program: { plan, cluster },
  });
  const { resources = [] } = state.deployment;
  const idOf = (name: string) =>
    resources.find((each) => nameOf(each) === name && each.custom === true)?.id;
  return { well, said, written: state !== before, resources, idOf };
}

const OBJECTS = ["environment-rails", "mastodon-serving-1000", "migrate-pre-deployment", "web"];
const areForgotten = (each: StateResource): boolean =>
  each.type.startsWith("kubernetes:") && OBJECTS.includes(nameOf(each));

describe.each([
  ["a stack that lives", undefined],
  ["a stack whose first update failed", FAILED_FIRST],
])("in %s", (_, as) => {
  it("each is in the state again, named by the program or by Pulumi", async () => {
    const { well, said, idOf } = await recover(areForgotten, as);
    expect(well, said).toBe(true);
    expect(OBJECTS.map((name) => [name, idOf(name)])).toEqual(
      OBJECTS.map((name) => [name, server.objects.get(name)![0]!.id]),
    );
  });

  it("a cluster that does not answer says nothing: nothing is written, and it says so", async () => {
    server.clusterStatus = 503;
    const { well, written, said } = await recover(areForgotten, as);
    expect({ well, written }).toEqual({ well: false, written: false });
    expect(said).toMatch(/unknown +web \(Deployment\).*503/u);
  });
});

it("an update that failed has made no server: the state remembers none", async () => {
  const { resources } = await recover(
    (each) => nameOf(each) === "migrate-post-deployment",
    FAILED_FIRST,
  );
  expect(resources.find(({ type }) => type === STACK)?.outputs).toEqual({});
});

it("an object that is made already and waits for its successor's create gives it its place", async () => {
  const { well, said, resources } = await recover(
    () => false,
    (each) =>
      nameOf(each) === "web" && each.type.endsWith(":Deployment")
        ? { ...each, id: "mastodon/web", pendingReplacement: true }
        : each,
  );
  expect(well, said).toBe(true);
  const webs = resources.filter((each) => nameOf(each) === "web" && each.custom === true);
  expect(webs).toHaveLength(1);
  expect(webs[0]).toMatchObject({ id: "mastodon/web" });
  expect(webs[0]!.pendingReplacement).toBeUndefined();
});

it("a Job that runs still is waited for: a second one would run beside it", async () => {
  const name = "migrate-pre-deployment";
  const [job] = server.objects.get(name)!;
  server.objects.set(name, [{ ...job!, busy: "its Job still runs" }]);
  const { well, written, said } = await recover((each) => nameOf(each) === name);
  server.objects.set(name, [job!]);
  expect({ well, written }).toEqual({ well: false, written: false });
  expect(said).toMatch(/migrate-pre-deployment \(Job\): its Job still runs/u);
});

it("without the cluster in the state no object is looked for: it may be another stack's", async () => {
  server.clusterStatus = 503;
  const { said } = await recover(
    (each) => each.type === CLUSTER || areForgotten(each),
    FAILED_FIRST,
  );
  expect(said).not.toContain("web (Deployment)");
});
