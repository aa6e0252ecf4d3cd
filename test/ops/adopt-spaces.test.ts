import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { valuesOf } from "../../input/stack-text.ts";
import type { Properties } from "../../ops/recover/state.ts";
import { stackTextOf } from "../../ops/stack-file/texts.ts";
import { readyToRehearse } from "../../plan/stack-file.ts";
import { SPACES_KEY } from "../../rehearsal/test/clouds/standard.ts";
import { ServerWithoutState } from "./adopt-world.ts";

/** A lost state of a server with media on Spaces: only a newly created key can read the bucket. */

const FILE = "Pulumi.medium.yaml";
const text = readFileSync(new URL(`../../examples/${FILE}`, import.meta.url), "utf8");
const raw = valuesOf(stackTextOf(readyToRehearse(text, FILE), FILE).texts);

let server: ServerWithoutState;
beforeEach(async () => {
  server = await ServerWithoutState.open({ raw });
});
afterEach(async () => {
  await server.close();
});

const keys = () => server.cloud.world.find(SPACES_KEY);
const plaintext = (value: unknown): unknown =>
  JSON.parse(String((value as Properties)["plaintext"]));

describe("a bucket that nothing in a lost state can read", () => {
  it("one key is made for it, and stands in the state with the provider that uses it", async () => {
    const before = keys().map(({ id }) => id);
    expect(await server.adopt(), server.said).toBe(true);
    const [made, ...others] = keys().filter(({ id }) => !before.includes(id));
    expect(others).toEqual([]);
    const secret = made?.properties["secretKey"];
    const provider = server.entry("media-space-provider")!;
    expect(provider.inputs).toMatchObject({ spacesAccessId: made?.id });
    expect(plaintext(provider.inputs?.["spacesSecretKey"])).toBe(secret);
    expect(server.entry("media-space-maker")).toMatchObject({ id: made?.id });
    expect(plaintext(server.entry("media-space-maker")?.outputs?.["secretKey"])).toBe(secret);
    const uses = `${provider.urn}::${provider.id}`;
    const bucket = server.ids.get("media-space-bucket");
    for (const name of ["media-space-bucket", "media-space-cors"])
      expect(server.entry(name)).toMatchObject({
        id: `${String(server.entry(name)?.inputs?.["region"])},${bucket}`,
        provider: uses,
      });
    expect(server.entry("media-space-bucket")).toMatchObject({ protect: true });
  });

  it("the key that it had is named as left over, and no secret is shown", async () => {
    const old = server.ids.get("media-space-maker")!;
    await server.adopt();
    expect(server.said).toMatch(
      /^make +media-space-maker \(SpacesKey\): its secret is told once, and nothing has it; this command makes another$/mu,
    );
    expect(server.said).toContain(`left over: ${old}`);
    for (const { properties } of keys()) expect(server.said).not.toContain(properties["secretKey"]);
  });

  it("a token that may make no key: nothing is written, and it says which right it lacks", async () => {
    server.rest.digitalocean.faults.add({
      method: "POST",
      path: "/v2/spaces/keys",
      does: { kind: "answer", status: 403 },
    });
    await expect(server.adopt()).rejects.toThrow(
      /^DigitalOcean makes no key for media-space-maker: it answered 403.*The state was not written\./u,
    );
    expect(server.written).toBeUndefined();
  });

  it("a second adoption makes no second key, and a bucket alone is not taken without its provider", async () => {
    await server.adopt();
    const whole = server.written!;
    const lacking = (...names: readonly string[]) => ({
      ...whole,
      deployment: {
        resources: whole.deployment.resources!.filter(
          ({ urn }) => !names.some((name) => urn.endsWith(`::${name}`)),
        ),
      },
    });
    const count = keys().length;
    server.state = lacking("media-space-cors");
    await server.adopt();
    server.state = lacking("media-space-provider", "media-space-bucket");
    expect(await server.adopt(["media-space-bucket"])).toBe(false);
    expect(server.said).toContain("the state lacks its provider: name none, or both");
    expect(keys()).toHaveLength(count);
  });
});
