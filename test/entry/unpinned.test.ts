import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, test, vi } from "vitest";
import { IMAGES, type Images } from "../../config/images.ts";
import { partsOf } from "../../domain/images.ts";
import { readStack } from "../../input/load.ts";
import { SECRET_KEYS } from "../../config/secret-keys/values.ts";
import { makeSecrets } from "../../ops/secrets/make.ts";
import { readStackFile } from "../../plan/stack-file.ts";

const SECRETS = makeSecrets();
const PINNED = withTag((name) => `${name}@sha256:${"a".repeat(64)}`);
const UNPINNED = withTag((name) => name);
const NAMED = `named by a tag alone: whoever owns the tag decides what runs, with every key of this server:\n  ${UNPINNED.mastodon}`;

afterEach(() => {
  pulumi.runtime.setAllConfig({});
  vi.restoreAllMocks();
});

function withTag(name: (image: string) => string): Images {
  return Object.fromEntries(
    Object.entries(IMAGES).map(([key, image]) => {
      const { repository, tag } = partsOf(image);
      return [key, name(`${repository}:${tag}`)];
    }),
  ) as unknown as Images;
}

/** Message of the entry about these images, before any resource. */
function said(images: Images, preview: boolean, unpinned?: string, backup = true): string {
  const config = {
    ...readStackFile(),
    // Without dumps there is another warning.
    ...(backup ? { backup: { recipient: `age1${"q".repeat(58)}` } } : {}),
    ...(unpinned === undefined ? {} : { images: { unpinned } }),
    ...Object.fromEntries(SECRET_KEYS.map((key) => [key, SECRETS[key]])),
  };
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [
        `mastodon:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
    SECRET_KEYS.map((key) => `mastodon:${key}`),
  );
  vi.spyOn(pulumi.runtime, "isDryRun").mockReturnValue(preview);
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
  try {
    readStack(images);
    return warn.mock.calls.map(([text]) => `warns: ${text}`).join("\n") || "accepted";
  } catch (error) {
    return `refuses: ${(error as Error).message}`;
  }
}

test("a preview warns of tags without digests, and an update refuses them: their owner would get every key", () => {
  expect(said(UNPINNED, true)).toContain("warns: ");
  expect(said(UNPINNED, true)).toContain(NAMED);
  const refusal = said(UNPINNED, false);
  expect(refusal).toContain("refuses: Nothing was changed. ");
  expect(refusal).toContain(NAMED);
  expect(refusal).toMatch(
    /run `npm run images -- pin` and commit config\/images\.ts\. If your registry gives no digests, set mastodon:images: \{ unpinned: allow \}\.$/u,
  );
});

test("with the switch that the refusal names an update goes through, and is still warned", () => {
  expect(said(UNPINNED, false, "allow")).toContain(`${NAMED}`);
  expect(said(UNPINNED, false, "allow")).toMatch(/^warns: /u);
});

test("a preview warns of a server without dumps, with the command that makes the key", () => {
  expect(said(PINNED, true, undefined, false)).toMatch(
    /^warns: mastodon:backup is not set.*npm run backup -- key --out FILE/u,
  );
});

test("with digests there is nothing to say", () => {
  expect(said(PINNED, false)).toBe("accepted");
  expect(said(PINNED, true)).toBe("accepted");
});
