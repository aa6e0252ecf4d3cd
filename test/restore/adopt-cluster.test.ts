import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { adoptCluster } from "../../ops/restore/adopt-cluster.ts";
import { openRest, type RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import { Cloud } from "../../rehearsal/test/clouds/cloud.ts";
import { BASE } from "../config/base.ts";
import { parseConfig } from "../../input/parse.ts";
import { cloudsAt } from "../ops/recover-world.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import * as types from "../../rehearsal/test/clouds/standard.ts";

/** A fork is taken over only where an update could use it. */

const CONFIG = parseConfig({ ...BASE, region: "fra1" });
let cloud: Cloud;
let rest: RestFaces;
let file: string;

beforeEach(async () => {
  cloud = new Cloud();
  rest = await openRest(cloud.world);
  file = join(temporaryFolder("adopt"), "Pulumi.prod.yaml");
  await writeFile(
    file,
    "config:\n  # Kept.\n  mastodon:postgres:\n    size: db-s-4vcpu-8gb\n    origin: { since: '2025-03-02' }\n",
  );
});
afterEach(async () => {
  await rest.close();
});

/** Makes a cluster, and a fork of it through DigitalOcean's API. Returns the fork's id. */
async function forked(changes: object = {}): Promise<string> {
  const source = await cloud.make(types.DATABASE, "postgres-cluster", {
    ...types.postgresInputs,
    size: "db-s-4vcpu-8gb",
  });
  const { name } = cloud.world.get(types.DATABASE, source.id)!.properties;
  const body = {
    name: `${String(name)}-fork`,
    engine: "pg",
    size: "db-s-4vcpu-8gb",
    region: "fra1",
    num_nodes: 1,
    backup_restore: { database_name: name },
    ...changes,
  };
  const response = await fetch(`${rest.digitaloceanUrl}/v2/databases`, {
    method: "POST",
    headers: { authorization: "Bearer any" },
    body: JSON.stringify(body),
  });
  const { database, message } = (await response.json()) as {
    readonly database?: { readonly id: string };
    readonly message?: string;
  };
  if (database === undefined) throw new Error(message);
  await cloud.world.get(types.DATABASE, database.id)?.creating;
  return database.id;
}

async function adopted(id: string, config = CONFIG): Promise<unknown> {
  const clouds = await cloudsAt(rest);
  return await adoptCluster({ id, config, file, former: "keep" }, clouds).then(
    (result) => result,
    (error: unknown) => (error as Error).message,
  );
}

test("a fork is written with its number, and the cluster before it is kept", async () => {
  const id = await forked();
  expect(await adopted(id)).toMatchObject({ number: 2 });
  const text = await readFile(file, "utf8");
  expect(text).toContain("# Kept.");
  const { config } = parse(text) as { readonly config: Record<string, unknown> };
  expect(config["mastodon:postgres"]).toMatchObject({
    origin: {
      since: "2025-03-02",
      number: 2,
      cluster: { id, name: expect.stringMatching(/^postgres-cluster-[0-9a-f]{7}-fork$/u) },
    },
    former: "keep",
  });
  const known = parseConfig({
    ...BASE,
    postgres: { ...BASE.postgres, ...(config["mastodon:postgres"] as object) },
  });
  expect(known.postgres.origin?.number).toBe(2);
});

test("a fork smaller than its source is refused by DigitalOcean", async () => {
  await expect(forked({ size: "db-s-1vcpu-1gb" })).rejects.toThrow(/smaller than that/u);
});

test("one that an update can't use is refused with each reason, and nothing is written", async () => {
  const before = await readFile(file, "utf8");
  const id = await forked({ region: "nyc3" });
  cloud.databases.membersOf = async () => ({ users: [], databases: [] });
  const other = await forked({ name: "other" });
  const postgres = { ...CONFIG.postgres, size: "db-s-2vcpu-4gb" as const };
  expect(await adopted(id)).toContain("It is in nyc3, and the nodes in fra1");
  expect(await adopted(id, { ...CONFIG, postgres })).toContain(
    "Set mastodon:postgres.size to db-s-4vcpu-8gb",
  );
  expect(await adopted(other)).toMatch(
    /no database mastodon,.*\n.*no role mastodon,.*\n.*no role mastodon_streaming,/u,
  );
  expect(await adopted("9cc10173-e9ea-4176-9dbc-a4cee4c4ff30")).toMatch(/shows this token no/u);
  expect(await readFile(file, "utf8")).toBe(before);
});
