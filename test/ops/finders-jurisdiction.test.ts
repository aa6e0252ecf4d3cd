import { expect, it } from "vitest";
import { openClouds } from "../../ops/recover/clouds.ts";
import { FINDERS } from "../../ops/recover/finders.ts";
import { openRest } from "../../rehearsal/clouds/rest/open.ts";
import { ACCOUNT, Cloud, ZONE } from "../../rehearsal/test/clouds/cloud.ts";
import { R2_BUCKET, R2_CUSTOM_DOMAIN } from "../../rehearsal/test/clouds/standard.ts";

it("a bucket in another jurisdiction, and its host, are not taken for gone", async () => {
  const cloud = new Cloud();
  cloud.world.zones.set(ZONE, { accountId: ACCOUNT, name: "social.example" });
  const bucket = { accountId: ACCOUNT, name: "media", jurisdiction: "eu" };
  const host = {
    ...{ accountId: ACCOUNT, bucketName: "media", jurisdiction: "eu", zoneId: ZONE },
    ...{ domain: "media.social.example", enabled: true },
  };
  await cloud.make(R2_BUCKET, "it", bucket);
  await cloud.make(R2_CUSTOM_DOMAIN, "host", host);
  const rest = await openRest(cloud.world);
  try {
    const clouds = await openClouds({
      digitaloceanToken: "any",
      cloudflareToken: "t".repeat(40),
      digitaloceanUrl: rest.digitaloceanUrl,
      cloudflareUrl: rest.cloudflareUrl,
    });
    for (const [type, inputs] of [
      [R2_BUCKET, bucket],
      [R2_CUSTOM_DOMAIN, host],
    ] as const) {
      const finder = FINDERS[type];
      const found = finder?.kind === "find" ? await finder.find(clouds, inputs) : [];
      expect(found, type).toHaveLength(1);
    }
  } finally {
    await rest.close();
  }
});
