import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { s3SecretOf } from "../../clouds/cloudflare/account-token.ts";
import { bucketsOf, keysOfTokens } from "../../state/s3-keys.ts";
import { S3Server } from "../../state/s3-server.ts";
import { ACCOUNT, Cloud } from "../clouds/cloud.ts";
import { ACCOUNT_TOKEN, R2_BUCKET, r2Inputs, tokenInputs } from "../clouds/standard.ts";

const HOST = `${ACCOUNT}.r2.cloudflarestorage.com`;
const MIB = 1_024 ** 2;

interface Key {
  readonly id: string;
  readonly secret: string;
}

interface Call {
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: Key;
  readonly host?: string;
}

const cloud = new Cloud();
const directory = mkdtempSync(join(tmpdir(), "mastodon-test-s3-"));
let s3: S3Server;
let key: Key;

const hmac = (secret: string | Buffer, text: string): Buffer =>
  createHmac("sha256", secret).update(text).digest();

/** One call, signed by version 4. Its path is already in the form of a URL. */
async function call(method: string, path: string, given: Call = {}) {
  const { body = Buffer.alloc(0), headers = {}, key: by = key, host = HOST } = given;
  const all: Record<string, string> = {
    ...headers,
    host,
    "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
    "x-amz-date": "20261128T010000Z",
  };
  const names = Object.keys(all).toSorted();
  const [pathname = "", query = ""] = path.split("?");
  const canonical = [
    ...[method, pathname, query.split("&").toSorted().join("&")],
    ...names.map((name) => `${name}:${all[name]}`),
    ...["", names.join(";"), all["x-amz-content-sha256"]],
  ].join("\n");
  const scope = "20261128/auto/s3/aws4_request";
  const hash = createHash("sha256").update(canonical).digest("hex");
  const derived = scope
    .split("/")
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${by.secret}`);
  const signature = hmac(
    derived,
    `AWS4-HMAC-SHA256\n${all["x-amz-date"]}\n${scope}\n${hash}`,
  ).toString("hex");
  all["authorization"] =
    `AWS4-HMAC-SHA256 Credential=${by.id}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  const sent = httpRequest(`${s3.url}${path}`, { method, headers: all });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  const text = Buffer.concat(parts);
  const code = /<Code>(.*?)<\/Code>/u.exec(text.toString("utf8"))?.[1];
  return { status: answer.statusCode, code, headers: answer.headers, body: text };
}

beforeAll(async () => {
  for (const name of ["media", "other"]) await cloud.make(R2_BUCKET, name, { ...r2Inputs, name });
  const token = await cloud.make(ACCOUNT_TOKEN, "key", tokenInputs);
  key = { id: token.id, secret: s3SecretOf(cloud.world, token.id)! };
  s3 = await S3Server.start({
    store: cloud.world.r2,
    keys: keysOfTokens(cloud.world),
    exists: bucketsOf(cloud.world),
    directory,
  });
});
afterAll(async () => {
  await s3.stop();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  s3.faults.room = undefined;
  s3.faults.cutAfter = undefined;
});

/** Uploads parts, in order. Returns the answer of the completion. */
async function uploaded(path: string, parts: readonly Buffer[], etags?: readonly string[]) {
  const begun = await call("POST", `${path}?uploads=`);
  const id = /<UploadId>(.*?)<\/UploadId>/u.exec(begun.body.toString("utf8"))?.[1] ?? begun.code;
  const given: string[] = [];
  for (const [at, body] of parts.entries()) {
    const answer = await call("PUT", `${path}?partNumber=${at + 1}&uploadId=${id}`, { body });
    if (answer.status !== 200) return answer;
    given.push(String(answer.headers.etag));
  }
  const list = (etags ?? given).map(
    (etag, at) => `<Part><ETag>${etag}</ETag><PartNumber>${at + 1}</PartNumber></Part>`,
  );
  const body = Buffer.from(`<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`);
  return await call("POST", `${path}?uploadId=${id}`, { body });
}

describe("a key of the bucket's token", () => {
  it("reaches its own bucket, and no other, through no other account's host, and may make none", async () => {
    const body = Buffer.from("one");
    expect((await call("PUT", "/media/one", { body })).status).toBe(200);
    expect((await call("GET", "/media/one")).body.toString("utf8")).toBe("one");
    for (const [method, path, host] of [
      ["GET", "/other/one", HOST],
      ["PUT", "/other", HOST],
      ["GET", "/media/one", `${"c".repeat(32)}.r2.cloudflarestorage.com`],
      ["GET", "/media/one", `${ACCOUNT}.eu.r2.cloudflarestorage.com`],
    ] as const)
      expect(await call(method, path, { host })).toMatchObject({ status: 403 });
    const copy = { "x-amz-copy-source": "/other/one" };
    expect(await call("PUT", "/media/two", { headers: copy })).toMatchObject({ status: 403 });
  });

  it("is refused with another secret, and without a token", async () => {
    expect(await call("GET", "/media/one", { key: { ...key, secret: "other" } })).toMatchObject({
      ...{ status: 403, code: "SignatureDoesNotMatch" },
    });
    expect(await call("GET", "/media/one", { key: { ...key, id: "none" } })).toMatchObject({
      ...{ status: 401, code: "Unauthorized" },
    });
  });
});

describe("an object in parts", () => {
  const part = Buffer.alloc(5 * MIB, "p");

  it("is one object in the end, with its ranges, its headers and its copies; before that it is none", async () => {
    const done = await uploaded("/media/big", [part, part, Buffer.from("end")]);
    expect(done).toMatchObject({ status: 200 });
    const head = await call("HEAD", "/media/big");
    expect(head.headers["content-length"]).toBe(String(10 * MIB + 3));
    const tail = await call("GET", "/media/big", { headers: { range: `bytes=${10 * MIB - 1}-` } });
    expect([tail.status, tail.body.toString("utf8")]).toEqual([206, "pend"]);
    const last = await call("GET", "/media/big", { headers: { range: "bytes=-2" } });
    expect(last.body.toString("utf8")).toBe("nd");
    await call("PUT", "/media/copy", { headers: { "x-amz-copy-source": "/media/big" } });
    expect(cloud.world.r2.get("media", "copy")?.size).toBe(10 * MIB + 3);
    await call("POST", "/media/never?uploads=");
    expect((await call("HEAD", "/media/never")).status).toBe(404);
    expect(s3.uploads.left("media")).toBe(1);
  });

  it("is refused with uneven, small or unknown parts, as by R2", async () => {
    const small = Buffer.alloc(MIB);
    expect(await uploaded("/media/a", [small, small])).toMatchObject({ code: "EntityTooSmall" });
    const longer = Buffer.alloc(part.length + 1);
    expect(await uploaded("/media/a", [part, longer])).toMatchObject({ code: "InvalidPart" });
    expect(await uploaded("/media/a", [small], ["other"])).toMatchObject({ code: "InvalidPart" });
    expect((await call("HEAD", "/media/a")).status).toBe(404);
  });
});

it("a locked object is neither overwritten nor deleted, also not by an upload in parts", async () => {
  cloud.world.r2.lock("media", [
    {
      ...{ id: "dumps", enabled: true, prefix: "dumps/" },
      condition: { type: "Age", maxAgeSeconds: 691_200 },
    },
  ]);
  const body = Buffer.from("dump");
  expect((await call("PUT", "/media/dumps/1", { body })).status).toBe(200);
  for (const again of [
    await call("PUT", "/media/dumps/1", { body }),
    await call("DELETE", "/media/dumps/1"),
    await uploaded("/media/dumps/1", [body]),
  ])
    expect(again).toMatchObject({ status: 403, code: "ObjectLockedByBucketPolicy" });
  expect((await call("PUT", "/media/dumps/2", { body })).status).toBe(200);
});

it("a full bucket takes no more bytes, and a cut connection leaves no object", async () => {
  s3.faults.room = 5;
  const body = Buffer.from("four");
  expect((await call("PUT", "/media/fits", { body })).status).toBe(200);
  expect(await call("PUT", "/media/more", { body })).toMatchObject({ code: "QuotaExceeded" });
  s3.faults.room = undefined;
  s3.faults.cutAfter = 3;
  await expect(call("PUT", "/media/cut", { body })).rejects.toThrow(/socket hang up|ECONNRESET/u);
  s3.faults.cutAfter = undefined;
  expect((await call("HEAD", "/media/cut")).status).toBe(404);
});

it("an answer that a drill holds is sent once it lets go, and no other waits for it", async () => {
  const gate = Promise.withResolvers<void>();
  const asked: string[] = [];
  for (const key of ["held", "free"])
    await call("PUT", `/media/${key}`, { body: Buffer.from(key) });
  s3.faults.sending = async (key) => {
    asked.push(key);
    if (key === "held") await gate.promise;
  };
  const held = call("GET", "/media/held");
  expect((await call("GET", "/media/free")).body.toString("utf8")).toBe("free");
  const first = await Promise.race([held, Promise.resolve("nothing yet")]);
  expect(first).toBe("nothing yet");
  gate.resolve();
  expect((await held).body.toString("utf8")).toBe("held");
  s3.faults.sending = undefined;
  expect(asked.sort()).toEqual(["free", "held"]);
});

it("a list has each key once, in pages, with folders, in the form that was asked for", async () => {
  for (const name of ["l/a b", "l/f/1", "l/f/2", "l/z"])
    await call("PUT", `/media/${name.replace(" ", "%20")}`, { body: Buffer.from(name) });
  const query = "delimiter=%2F&encoding-type=url&list-type=2&max-keys=2&prefix=l%2F";
  const first = (await call("GET", `/media?${query}`)).body.toString("utf8");
  expect(first).toContain("<Key>l/a%20b</Key>");
  expect(first).toContain("<CommonPrefixes><Prefix>l/f/</Prefix></CommonPrefixes>");
  const token = /<NextContinuationToken>(.*?)</u.exec(first)?.[1] ?? "";
  const next = await call("GET", `/media?continuation-token=${encodeURIComponent(token)}&${query}`);
  expect(next.body.toString("utf8")).toContain("<Key>l/z</Key>");
  expect(next.body.toString("utf8")).toContain("<IsTruncated>false</IsTruncated>");
});
