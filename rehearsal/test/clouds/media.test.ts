import { describe, expect, it } from "vitest";
import { r2BucketKey } from "../../clouds/cloudflare/r2.ts";
import { spaceKey } from "../../clouds/digitalocean/spaces.ts";
import { Secret } from "../../../plan/values.ts";
import { keysOfSpaces } from "../../state/spaces.ts";
import { ACCOUNT, Cloud, plain, replacement } from "./cloud.ts";
import {
  ACCOUNT_TOKEN,
  customDomainInputs,
  fullKeyInputs,
  inR2,
  R2_BUCKET,
  R2_CORS,
  R2_CUSTOM_DOMAIN,
  r2Inputs,
  RECORD,
  recordInputs,
  SPACES_BUCKET,
  SPACES_CORS,
  SPACES_KEY,
  spaceInputs,
  tokenInputs,
  withSpacesKeys,
} from "./standard.ts";

describe("an R2 bucket", () => {
  it("is another one under another name, and the plan says so", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(R2_BUCKET, "media", r2Inputs);
    expect(replacement(await cloud.diff(made, { ...r2Inputs, name: "other" }))).toEqual({
      replaces: ["name"],
      deleteBeforeReplace: false,
    });
  });

  it("in another jurisdiction is not found, and the plan keeps quiet about it", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(R2_BUCKET, "media", r2Inputs);
    const moved = { ...r2Inputs, jurisdiction: "eu" };
    expect((await cloud.diff(made, moved)).replaces).toEqual([]);
    await expect(cloud.update(made, moved)).rejects.toThrow(/10006.*does not exist/);
    await expect(
      cloud.make(R2_CORS, "cors", { ...inR2, jurisdiction: "eu", rules: [] }),
    ).rejects.toThrow(/10006/);
  });

  it("is not made twice, and not deleted with anything in it", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(R2_BUCKET, "media", r2Inputs);
    await expect(cloud.make(R2_BUCKET, "again", r2Inputs)).rejects.toThrow(/10073/);
    cloud.world.filledBuckets.add(r2BucketKey("media"));
    await expect(cloud.remove(made)).rejects.toThrow(/\(media\) is not empty/);
    cloud.world.filledBuckets.clear();
    await cloud.remove(made);
  });

  it("has no name that S3 would not have", async () => {
    expect(await new Cloud().refusals(R2_BUCKET, { ...r2Inputs, name: "Media" })).toEqual([
      "name: Media is no bucket name: 3 to 63 lower-case letters, digits and hyphens",
    ]);
  });
});

describe("a host of a bucket", () => {
  it("is refused where the name has a record, and takes the name from later ones", async () => {
    const cloud = new Cloud();
    await cloud.make(R2_BUCKET, "media", r2Inputs);
    const record = { ...recordInputs, name: "media.social.example" };
    const made = await cloud.make(RECORD, "record", record);
    await expect(cloud.make(R2_CUSTOM_DOMAIN, "host", customDomainInputs)).rejects.toThrow(/81053/);
    await cloud.remove(made);
    await cloud.make(R2_CUSTOM_DOMAIN, "host", customDomainInputs);
    await expect(cloud.make(RECORD, "record", record)).rejects.toThrow(/81054/);
  });

  it("needs its bucket", async () => {
    await expect(new Cloud().make(R2_CUSTOM_DOMAIN, "host", customDomainInputs)).rejects.toThrow(
      /10006/,
    );
  });
});

describe("a token of the account", () => {
  it("tells its value once, keeps it through changes, and never in the clear", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(ACCOUNT_TOKEN, "key", tokenInputs);
    expect(made.outputs["value"]).toBeInstanceOf(Secret);
    expect(made.id).toMatch(/^[0-9a-f]{32}$/);
    const renamed = await cloud.update(made, { ...tokenInputs, name: "other" });
    expect(plain(renamed, "value")).toBe(plain(made.outputs, "value"));
  });

  it("is refused for more than a bucket", async () => {
    const cloud = new Cloud();
    const [policy] = tokenInputs["policies"] as Record<string, unknown>[];
    const wide = { [`com.cloudflare.api.account.${ACCOUNT}`]: "*" };
    const policies = [{ ...policy, resources: JSON.stringify(wide) }];
    await expect(cloud.make(ACCOUNT_TOKEN, "key", { ...tokenInputs, policies })).rejects.toThrow(
      /is not for com\.cloudflare\.api\.account/,
    );
  });
});

describe("a Space", () => {
  it("is made with Spaces keys and not with the account's token; a key is made with the token", async () => {
    const cloud = new Cloud();
    await expect(cloud.make(SPACES_BUCKET, "media", spaceInputs)).rejects.toThrow(
      "Error creating bucket: Spaces credentials not configured",
    );
    const key = await withSpacesKeys(cloud);
    await cloud.make(SPACES_BUCKET, "media", spaceInputs);
    const { accessKey, secretKey } = key.outputs;
    cloud.configure("digitalocean", { spacesAccessId: accessKey, spacesSecretKey: "another" });
    await expect(cloud.make(SPACES_BUCKET, "two", spaceInputs)).rejects.toThrow(
      /SignatureDoesNotMatch/,
    );
    cloud.configure("digitalocean", { spacesAccessId: accessKey, spacesSecretKey: secretKey });
    await cloud.remove(key);
    await expect(cloud.make(SPACES_BUCKET, "two", spaceInputs)).rejects.toThrow(
      /InvalidAccessKeyId/,
    );
  });

  it("can't be made or changed with a key for one bucket", async () => {
    const cloud = new Cloud();
    const grants = [{ bucket: "media", permission: "readwrite" }];
    const key = await cloud.make(SPACES_KEY, "key", { grants });
    const { accessKey, secretKey } = key.outputs;
    cloud.configure("digitalocean", { spacesAccessId: accessKey, spacesSecretKey: secretKey });
    await expect(cloud.make(SPACES_BUCKET, "media", spaceInputs)).rejects.toThrow(/AccessDenied/);
  });

  it("keeps its old name when the program gives it a new one, and says the new", async () => {
    const cloud = new Cloud();
    await withSpacesKeys(cloud);
    const made = await cloud.make(SPACES_BUCKET, "media", spaceInputs);
    const renamed = { ...spaceInputs, name: "other" };
    expect((await cloud.diff(made, renamed)).replaces).toEqual([]);
    const outputs = await cloud.update(made, renamed);
    expect(outputs["bucketDomainName"]).toBe("other.fra1.digitaloceanspaces.com");
    expect(cloud.world.get(SPACES_BUCKET, "other")).toBeUndefined();
    expect((await cloud.diff(made, { ...spaceInputs, region: "nyc3" })).replaces).toEqual([
      "region",
    ]);
  });

  it("is not deleted with anything in it, nor made under a stranger's name", async () => {
    const cloud = new Cloud();
    await withSpacesKeys(cloud);
    cloud.world.account.foreignBuckets.add(spaceKey("fra1", "media"));
    await expect(cloud.make(SPACES_BUCKET, "media", spaceInputs)).rejects.toThrow(
      /BucketAlreadyExists/,
    );
    cloud.world.account.foreignBuckets.clear();
    const made = await cloud.make(SPACES_BUCKET, "media", spaceInputs);
    cloud.world.filledBuckets.add(spaceKey("fra1", "media"));
    await expect(cloud.remove(made)).rejects.toThrow(/BucketNotEmpty/);
  });

  it("has its CORS in its own region only", async () => {
    const cloud = new Cloud();
    await withSpacesKeys(cloud);
    await cloud.make(SPACES_BUCKET, "media", spaceInputs);
    const corsRules = [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }];
    await expect(
      cloud.make(SPACES_CORS, "cors", { bucket: "media", region: "nyc3", corsRules }),
    ).rejects.toThrow(/NoSuchBucket/);
  });
});

describe("a Spaces key", () => {
  it("opens the objects of its own buckets only, and writes only where it may", async () => {
    const cloud = new Cloud();
    const one = [{ bucket: "media", permission: "read" }];
    const limited = await cloud.make(SPACES_KEY, "limited", { grants: one });
    const full = await withSpacesKeys(cloud);
    const may = (id: unknown, what: "read" | "write", bucket: string) =>
      keysOfSpaces(cloud.world)(String(id))?.may(what, bucket, "fra1.digitaloceanspaces.com");
    const { accessKey: own } = limited.outputs;
    expect([may(own, "read", "media"), may(own, "write", "media")]).toEqual([true, false]);
    expect(may(own, "read", "other")).toBe(false);
    expect(may(full.outputs["accessKey"], "write", "other")).toBe(true);
    expect(may("none", "read", "media")).toBeUndefined();
  });

  it("can't become one of all buckets, nor the other way round", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(SPACES_KEY, "key", fullKeyInputs);
    const limited = { grants: [{ bucket: "media", permission: "readwrite" }] };
    await expect(cloud.update(made, limited)).rejects.toThrow(/full and limited access/);
  });
});
