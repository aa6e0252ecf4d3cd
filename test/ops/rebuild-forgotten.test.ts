import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Disturbance } from "../../rehearsal/clouds/rest/faults.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { Scene } from "./rebuild-world.ts";

/**
 * A refused deploy has refreshed, and its state no longer holds what was lost. The look must still
 * tell a loss from something that exists.
 */

let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  await scene.open();
});
afterEach(async () => {
  await scene.close();
});

/** Removes a resource from the state, as a refresh does. */
function forget(name: string): void {
  const { deployment } = scene.state;
  const resources = scene.resources().filter(({ urn }) => !urn.endsWith(`::${name}`));
  expect(resources).toHaveLength(scene.resources().length - 1);
  scene.state = { ...scene.state, deployment: { ...deployment, resources } };
}

/** Gives a thing at its cloud the name that Pulumi gives one of this place. */
function call(type: string, name: string, more: Readonly<Record<string, unknown>> = {}): void {
  const object = scene.cloud.world.get(type, scene.idOf(type))!;
  object.properties = { ...object.properties, name, ...more } as typeof object.properties;
}

const CASES = [
  {
    ...{ what: "node pool", place: "cluster-workloads", type: types.NODE_POOL, night: "cluster" },
    name: "cluster-workloads-0a1b2c3",
    list: "/v2/kubernetes/clusters/{cluster_id}/node_pools",
  },
  {
    ...{ what: "tunnel", place: "tunnel-tunnel", type: types.TUNNEL, night: "edge" },
    name: "mastodon",
    list: "/accounts/{account_id}/cfd_tunnel",
  },
] as const;

describe.each(CASES)(
  "a $what that the state has forgotten",
  ({ what, place, type, night, name, list }) => {
    it("is gone where its cloud does not list it: its own night is named, and brings it back", async () => {
      await scene.lose(type);
      forget(place);
      expect(await scene.type()).toBe(false);
      expect(scene.said).toMatch(
        new RegExp(`${what} ${place} +gone +not listed, asked twice`, "u"),
      );
      expect(scene.said).toContain(`npm run rebuild -- ${night}`);
      expect(await scene.type(night, "--yes", "example.social"), scene.said).toBe(true);
      const outputs = scene.resources().find(({ type: each }) => each === "pulumi:pulumi:Stack");
      expect(JSON.stringify(outputs)).not.toContain(place);
    });

    it("is adopted, not made again, where its cloud lists it", async () => {
      call(type, name);
      forget(place);
      expect(await scene.type()).toBe(false);
      expect(scene.said).toContain("The state has forgotten what exists");
      expect(scene.said).toContain("npm run rebuild -- state");
    });

    it.each<Disturbance>([
      { kind: "answer", status: 503 },
      { kind: "answer", status: 403 },
      { kind: "hang up", when: "before" },
    ])("is not known where its list answers %j: nothing is concluded", async (does) => {
      await scene.lose(type);
      forget(place);
      const rest = night === "edge" ? scene.rest.cloudflare : scene.rest.digitalocean;
      rest.faults.add({ does, path: list });
      expect(await scene.type()).toBe(false);
      expect(scene.said).not.toMatch(new RegExp(`${what} ${place} +gone`, "u"));
      expect(scene.said).not.toContain("This is the night");
    });
  },
);

describe("a database that the state has forgotten", () => {
  it("is gone where DigitalOcean lists nothing with the stack's tag", async () => {
    await scene.lose(types.DATABASE);
    forget("postgres-cluster");
    expect(await scene.type()).toBe(false);
    expect(scene.said).toMatch(/Postgres postgres-cluster +gone +not listed, asked twice/u);
    expect(scene.said).toContain('This is the night "database".');
  });

  it("is not taken for a lost one where a fork with the tag serves: its rows are newer than any dump", async () => {
    const tags = [scene.idOf(types.TAG)];
    call(types.DATABASE, "postgres-cluster-0a1b2c3-fork", { tags });
    forget("postgres-cluster");
    expect(await scene.type()).toBe(false);
    expect(scene.said).toContain("it may be postgres-cluster, under another name");
    expect(scene.said).toContain("npm run rebuild -- state");
  });
});
