import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runRecover } from "../../ops/recover/command.ts";
import type { StackExport, StateResource } from "../../ops/recover/state.ts";
import type { FakeDatabases } from "../../rehearsal/clouds/fake-backends.ts";
import type { RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import type { Properties } from "../../rehearsal/providers/provider.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";
import { PLAN, ServerWithoutState } from "./adopt-world.ts";
import { recoverWorld, stateCli } from "./recover-world.ts";
import { shop } from "./shop.ts";

/** `npm run recover -- fence`: an old world's access to the databases. */

const USER = "digitalocean:index/databaseUser:DatabaseUser";
const POOL = "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool";
const RESET = "/v2/databases/{database_cluster_uuid}/users/{username}/reset_auth";

let server: ServerWithoutState;
let state: StackExport;
let written: StackExport | undefined;
let said: string;
let place: ReturnType<typeof shop>;

beforeAll(() => {
  expect(PLAN.resources.filter(({ type }) => type === POOL)).toHaveLength(1);
});
beforeEach(async () => {
  server = await ServerWithoutState.open();
  await server.adopt();
  state = server.written!;
  [written, said, place] = [undefined, "", shop()];
});
afterEach(async () => {
  await server.close();
});

const rest = (): RestFaces => server.rest;
const made = (type: string): readonly Properties[] =>
  server.cloud.world.find(type).map(({ properties }) => properties);
const passwords = (): readonly unknown[] =>
  [...made(USER), ...made(types.DATABASE)].map(({ password }) => password);
const rules = (): readonly unknown[] => made(types.FIREWALL).map((each) => each["rules"]);

async function fence(...args: readonly string[]): Promise<boolean> {
  const cli = stateCli(
    () => state,
    (after) => (written = after),
  );
  return await runRecover(
    ["fence", "--yes", ...args],
    recoverWorld(rest(), {
      say: (text) => (said += `${text}\n`),
      pulumi: () => (command, input) =>
        command[0] === "stack" ? cli(command, input) : place.pulumi.run(command, input),
      cwd: place.cwd,
    }),
  );
}

describe("an old world that goes on using the databases", () => {
  it("no database lets anybody in, and none is open to everyone", async () => {
    expect(rules()).toHaveLength(2);
    expect(await fence(), said).toBe(true);
    for (const each of rules())
      expect(each).toMatchObject([{ type: "ip_addr", value: "192.0.2.1" }]);
  });

  it("no password that it knows is one any more: of web, Sidekiq, streaming, the administrator", async () => {
    const before = passwords();
    expect(await fence(), said).toBe(true);
    const changed = passwords().filter((each) => !before.includes(each));
    expect(changed).toHaveLength(3);
    const [admin] = made(types.DATABASE);
    for (const key of ["uri", "privateUri"])
      expect(admin?.[key]).toContain(encodeURIComponent(String(admin?.["password"])));
  });

  it("no connection of its stands: the pool goes, and the next update makes it again", async () => {
    const { calls } = server.cloud.databases as FakeDatabases;
    expect(await fence(), said).toBe(true);
    expect(made(POOL)).toEqual([]);
    // After the password: a client that lost its connection must not log in again.
    const reset = calls.findLastIndex((call) => call.startsWith("resetPassword "));
    expect(calls.findIndex((call) => call.startsWith("dropPool "))).toBeGreaterThan(reset);
    const left = (written?.deployment.resources ?? []).map(({ type }) => type);
    expect(left).not.toContain(POOL);
    expect(left).toEqual(expect.arrayContaining([types.DATABASE, USER, types.FIREWALL]));
  });

  it("Valkey's password is said to stay, and no password is shown", async () => {
    expect(await fence(), said).toBe(true);
    expect(said).toContain(
      "DigitalOcean does not change the password of Valkey: it answered 422. It stays, and the trusted sources keep the old nodes out.",
    );
    for (const secret of passwords()) expect(said).not.toContain(secret);
  });

  it("each may be done twice", async () => {
    rest().digitalocean.faults.add({
      method: "DELETE",
      path: "/v2/kubernetes/clusters/{cluster_id}",
      does: { kind: "answer", status: 503 },
    });
    expect(await fence(), said).toBe(true);
    expect(await fence(), said).toBe(true);
    expect(made(POOL)).toEqual([]);
  });
});

describe("databases that can't be cut off", () => {
  it.each([
    [
      "PUT",
      "/v2/databases/{database_cluster_uuid}/firewall",
      /does not change the trusted sources of postgres-firewall: it answered 503/u,
    ],
    ["POST", RESET, /does not change the password of the role mastodon: it answered 503/u],
    [
      "DELETE",
      "/v2/databases/{database_cluster_uuid}/pools/{pool_name}",
      /does not change the pool mastodon-pool: it/u,
    ],
  ] as const)(
    "%s %s refused: it stops, and the state is as before",
    async (method, path, words) => {
      rest().digitalocean.faults.add({ method, path, does: { kind: "answer", status: 503 } });
      await expect(fence()).rejects.toThrow(words);
      await expect(fence()).rejects.toThrow(
        "The tunnel is closed, and the state is as before. Run this again.",
      );
      expect(written).toBeUndefined();
      expect(await fence("--old-world-is-dead"), said).toBe(true);
      expect(said).toContain("Going on, as you said.");
    },
  );

  it("a token that may not change Valkey's password is no reason to leave it", async () => {
    state = {
      ...state,
      deployment: {
        resources: (state.deployment.resources ?? []).filter(
          ({ type, inputs }: StateResource) =>
            type !== USER && !(type === types.DATABASE && inputs?.["engine"] === "pg"),
        ),
      },
    };
    rest().digitalocean.faults.add({
      method: "POST",
      path: RESET,
      does: { kind: "answer", status: 403 },
    });
    await expect(fence()).rejects.toThrow(
      /does not change the password of Valkey: it answered 403/u,
    );
  });
});
