import { expect, it } from "vitest";
import { loseCluster, loseDatabase } from "../../clouds/mishaps.ts";
import { ACCOUNT, Cloud, ZONE } from "../clouds/cloud.ts";
import * as types from "../clouds/standard.ts";

/** Everything that a reader of this world can see. */
function seen({ world }: Cloud): unknown {
  const types = new Set(world.inventory().map(({ type }) => type));
  return structuredClone({
    inventory: world.inventory(),
    objects: [...types].flatMap((type) => world.find(type)),
    clusters: [...world.runningClusters],
    databases: [...world.databaseServers],
    secrets: [...world.hiddenSecrets],
    deleted: world.deletedTunnels,
    filled: [...world.filledBuckets],
  });
}

it("a world goes back to what it was, so that no cell sees the traces of another", async () => {
  const cloud = new Cloud();
  cloud.world.zones.set(ZONE, { accountId: ACCOUNT, name: "social.example" });
  const made = await types.oneOfEach(cloud);
  await cloud.world.settled();
  const before = seen(cloud);
  const back = cloud.world.snapshot();
  for (const name of ["one", "two"]) {
    await loseCluster(cloud.world);
    await loseDatabase(cloud.world);
    for (const [type, each] of made) {
      const object = cloud.world.get(type, each.id);
      if (object !== undefined) object.properties = { ...object.properties, name };
    }
    cloud.world.hiddenSecrets.clear();
    cloud.world.filledBuckets.add("media");
    expect(seen(cloud)).not.toEqual(before);
    back();
    expect(seen(cloud)).toEqual(before);
  }
});

it("what is still being made can be waited for", async () => {
  const cloud = new Cloud(1e-5);
  const postgres = cloud.world.settled();
  await expect(postgres).resolves.toBeUndefined();
  const making = types.oneOfEach(cloud);
  await making;
  await cloud.world.settled();
  expect(cloud.world.find(types.DATABASE).every(({ creating }) => creating === undefined)).toBe(
    true,
  );
});
