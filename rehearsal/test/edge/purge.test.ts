import { beforeEach, describe, expect, test } from "vitest";
import { PURGE_WORKER } from "../../../cdn/purge-worker.ts";
import { mediaRules, purgeRules } from "../../../cdn/rules/media.ts";
import { EdgeClock } from "../../edge/clock.ts";
import { Edge } from "../../edge/edge.ts";
import { EdgeServer } from "../../edge/server.ts";
import { dayLaterRows, servedRows, toldRows, untoldRows } from "../../edge/table/deleted-rows.ts";
import { PICTURE } from "../../edge/table/media-rows.ts";
import type { Row } from "../../edge/table/row.ts";
import { runTable } from "../../edge/table/run.ts";
import { makeSigner } from "../../edge/table/signature.ts";
import type { EdgeResponse } from "../../edge/messages.ts";
import { routeFor } from "../../edge/worker.ts";
import type { Zone } from "../../edge/zone-view.ts";
import { zoneWith } from "./zone.ts";

/** The module itself, loaded as Workers does. */
const { default: worker } = (await import(
  `data:text/javascript;base64,${Buffer.from(PURGE_WORKER).toString("base64")}`
)) as {
  readonly default: {
    fetch(request: Request, env: Readonly<Record<string, string>>): Promise<Response>;
  };
};

const ZONE_ID = "b".repeat(32);
const [SECRET, TOKEN] = ["s".repeat(48), "a-token"];
const hosts = { media: "media.example.social", web: "example.social", secret: SECRET };

let objects: Map<string, EdgeResponse>;
beforeEach(() => {
  objects = new Map([[PICTURE.path, PICTURE.object]]);
});

/** The media host in front of a bucket, with the deployed Worker, whose bindings can be changed. */
function zoneOf(change: Readonly<Record<string, string>> = {}, told = true): Zone {
  const rules = [mediaRules([hosts.media]), ...(told ? [purgeRules(hosts.media)] : [])];
  const env = {
    ...{ ZONE: ZONE_ID, HOSTS: hosts.media, PAGES: `https://${hosts.web}` },
    ...{ SECRET, TOKEN, ...change },
  };
  return {
    ...zoneWith(Object.assign({}, ...rules) as Parameters<typeof zoneWith>[0], {
      browser_check: "off",
    }),
    buckets: new Map([[hosts.media, "bucket"]]),
    workers: told
      ? [
          {
            pattern: `${hosts.media}/.purge/*`,
            name: "purge",
            content: PURGE_WORKER,
            env,
          },
        ]
      : [],
    purgeTokens: new Map([[TOKEN, ZONE_ID]]),
  };
}

/** Sends some rows, deletes the picture, and sends the others. Returns what was not as expected. */
async function complaints(
  zone: Zone,
  before: readonly Row[],
  after: readonly Row[],
): Promise<readonly string[]> {
  const clock = new EdgeClock(() => 0);
  const edge = new Edge({
    zone,
    clock,
    origins: {
      connectorOf: async () => undefined,
      backendOf: async () => undefined,
      objectOf: async (_bucket, path) => objects.get(path),
    },
  });
  const server = await EdgeServer.start(edge);
  const ground = {
    ...{ edge, clock, port: server.port, signer: makeSigner() },
    workloadOf: () => "edge" as const,
  };
  try {
    const first = await runTable(before, ground);
    objects.clear();
    const outcomes = [...first, ...(await runTable(after, ground))];
    return outcomes.flatMap(({ row, complaints }) =>
      complaints.map((complaint) => `${row.what}: ${complaint}`),
    );
  } finally {
    await server.stop();
  }
}

describe("a picture that a moderator deleted", () => {
  const told = [...untoldRows(hosts), ...toldRows(hosts)];

  test("goes from the edge at Mastodon's word, every copy of it, and at nobody else's", async () => {
    expect(await complaints(zoneOf(), servedRows(hosts), told)).toEqual([]);
  });

  test("goes within a day without it", async () => {
    const after = [...untoldRows(hosts), ...dayLaterRows(hosts)];
    expect(await complaints(zoneOf({}, false), servedRows(hosts), after)).toEqual([]);
  });

  test.each([
    ["a token of another zone", { ZONE: "c".repeat(32) }, "the right secret is taken"],
    ["a token that is gone", { TOKEN: "another" }, "then it is gone"],
    ["a Worker that takes another secret", { SECRET: "another" }, "the right secret is taken"],
    ["one that forgets at another host", { HOSTS: "files.example.social" }, "then it is gone"],
  ])("%s is seen by the table", async (_what, change, seen) => {
    const all = await complaints(zoneOf(change), servedRows(hosts), told);
    expect(all.join("\n")).toContain(`${seen}: `);
  });

  test("in a flood of deletions the copies for everyone and for pages go, and a stranger's keeps to the day", async () => {
    const told = toldRows(hosts).find(({ what }) => what === "the right secret is taken");
    const [, , stranger] = servedRows(hosts);
    if (told === undefined || stranger === undefined) throw new Error("The table has changed.");
    // 26 calls for prefixes at once are one more than Free allows.
    const flood = { ...told, ask: { ...told.ask, before: 25 } };
    objects.set(PICTURE.path, PICTURE.object);
    const kept = { ...stranger, expect: { ...stranger.expect, from: "edge", cache: "HIT" } } as Row;
    // Served again in between, because the first rows need the bucket's object.
    const found = await complaints(zoneOf(), [flood, ...servedRows(hosts), told], [kept]);
    expect(found).toEqual([]);
  });
});

describe("the Worker", () => {
  const env = { ZONE: ZONE_ID, HOSTS: "a.example,b.example", PAGES: "https://c", SECRET, TOKEN };
  const ask = async (path: string, init: RequestInit = {}) => {
    const called: unknown[] = [];
    const { fetch } = globalThis;
    globalThis.fetch = async (_url, options) => {
      called.push(JSON.parse(String(options?.body)));
      return new Response(null, { status: 200 });
    };
    try {
      const headers = { "x-purge-secret": SECRET };
      const request = new Request(`https://a.example${path}`, { method: "POST", headers, ...init });
      return { status: (await worker.fetch(request, env)).status, called };
    } finally {
      globalThis.fetch = fetch;
    }
  };

  test("asks for the file at each host of its bucket, with both keys that copies for members have", async () => {
    const { status, called } = await ask(`/.purge${PICTURE.path}`);
    const url = (host: string): string => `https://${host}${PICTURE.path}`;
    const headers = { Origin: "https://c" };
    expect(status).toBe(200);
    expect(called).toEqual([
      {
        files: ["a.example", "b.example"].flatMap((host) => [
          { url: url(host) },
          { url: url(host), headers },
        ]),
      },
      { prefixes: [`a.example${PICTURE.path}`, `b.example${PICTURE.path}`] },
    ]);
  });

  test.each([
    "/accounts/avatars/109/302/123/456/789/012/original/a1b2.png",
    "/cache/media_attachments/files/109/302/123/456/789/012/small/a1b2.webp",
    "/custom_emojis/images/000/000/012/static/blob.png",
    "/cache/preview_cards/images/000/001/234/original/a1.jpg",
    "/site_uploads/files/000/000/001/@1x/a.png",
  ])("knows %s for a file, or leaves it to the day", async (path) => {
    const { status } = await ask(`/.purge${path}`);
    expect(status).toBe(path.includes("@") ? 404 : 200);
  });

  test.each(["/", "/media_attachments/", "//a/b/000/c/d", `/a/b/000/c/${"x".repeat(600)}`])(
    "purges nothing for %s",
    async (path) => {
      expect(await ask(`/.purge${path}`)).toEqual({ status: 404, called: [] });
    },
  );

  test("purges nothing without the secret, or by another method", async () => {
    const path = `/.purge${PICTURE.path}`;
    expect(await ask(path, { headers: {} })).toEqual({ status: 403, called: [] });
    expect(await ask(path, { method: "GET" })).toEqual({ status: 403, called: [] });
  });
});

test("a Worker answers on its path alone: media is asked for more often than its daily allowance has room for", () => {
  const { workers } = zoneOf();
  const at = (target: string) => routeFor(workers, { host: hosts.media, target })?.name;
  expect(at(`/.purge${PICTURE.path}`)).toBe("purge");
  expect(at(PICTURE.path)).toBeUndefined();
  expect(routeFor(workers, { host: hosts.web, target: "/.purge/x" })).toBeUndefined();
});
