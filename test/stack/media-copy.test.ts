import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { MEDIA_COPY_SCRIPT } from "../../k8s/media-copy-script.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { environmentOf, podsOf } from "./views.ts";

/** The two calls that the script makes, on folders; exclusions by name. */
const RCLONE = `#!/bin/sh
for bucket in "$@"; do :; done
names() { cd "$1" && find . -type f | sed 's#^./##' | grep -v '^cache/\\|^backups/'; }
case "$1" in
  lsf)
    [ -d "$bucket" ] || exit 3
    names "$bucket" | while read -r name; do echo "$(($(wc -c <"$bucket/$name"))) $name"; done ;;
  copy)
    eval "$DURING"
    names "$SOURCE" | while read -r name; do
      [ "$name" != "$UNCOPIED" ] || continue
      mkdir -p "$(dirname "$STANDBY/$name")" && cp "$SOURCE/$name" "$STANDBY/$name"
    done
    [ -z "$UNCOPIED" ] ;;
esac
`;

type Objects = Readonly<Record<string, string>>;

/** A night with these objects; `source` is undefined if the bucket is gone. */
function night(source: Objects | undefined, standby: Objects, { uncopied = "", during = "" } = {}) {
  const root = temporaryFolder("media-copy");
  const write = (bucket: string, objects: Objects): void => {
    mkdirSync(join(root, bucket));
    for (const [name, text] of Object.entries(objects)) {
      mkdirSync(dirname(join(root, bucket, name)), { recursive: true });
      writeFileSync(join(root, bucket, name), text);
    }
  };
  if (source !== undefined) write("source", source);
  write("standby", standby);
  write("bin", { rclone: RCLONE });
  write("work", {});
  chmodSync(join(root, "bin/rclone"), 0o755);
  const { status, stdout, stderr } = spawnSync("sh", ["-c", MEDIA_COPY_SCRIPT], {
    encoding: "utf8",
    env: {
      PATH: `${join(root, "bin")}:${process.env["PATH"]}`,
      WORK: join(root, "work"),
      SOURCE: join(root, "source"),
      STANDBY: join(root, "standby"),
      UNCOPIED: uncopied,
      DURING: during,
    },
  });
  const has = (name: string): boolean => existsSync(join(root, "standby", name));
  return { status, stdout, stderr, has };
}

const A = { "accounts/a b.png": "12345" };
const B = { "media_attachments/b.png": "123" };

describe("media in the second bucket", () => {
  test("holds every object after a night, and what was deleted in the first one, too", () => {
    const { status, stdout, has } = night({ ...A, ...B }, { "accounts/deleted.png": "1" });
    expect(stdout).toBe(
      "The storage has 2 objects with 8 bytes, the standby 3 objects with 9 bytes, and 0 of the storage are missing in the standby.\n",
    );
    expect(status).toBe(0);
    expect(has("accounts/deleted.png")).toBe(true);
  });

  test.each([
    ["is not there", {}],
    ["was cut", { "media_attachments/b.png": "12" }],
  ])("fails the night if an object %s", (_name, standby) => {
    const { status, stdout } = night({ ...A, ...B }, standby, {
      uncopied: "media_attachments/b.png",
    });
    expect(stdout).toContain("1 of the storage are missing in the standby.");
    expect(status).toBe(1);
  });

  test("does not fail for what a member deletes or uploads in the meantime", () => {
    const { status } = night(
      { ...A, ...B },
      {},
      {
        uncopied: "media_attachments/new.png",
        during: 'rm "$SOURCE/media_attachments/b.png"; echo 1 >"$SOURCE/media_attachments/new.png"',
      },
    );
    expect(status).toBe(0);
  });

  test("does not take a lost or emptied bucket for a good night", () => {
    const lost = night(undefined, A);
    expect(lost.status).toBe(1);
    expect(lost.stderr).toContain("can't be listed, so the media copy is not proven");
    const emptied = night({}, A);
    expect(emptied.status).toBe(1);
    expect(emptied.stderr).toContain("The storage is empty and the standby is not");
    expect(emptied.has("accounts/a b.png")).toBe(true);
    expect(night({}, {}).status).toBe(0);
  });
});

const withStandby = (media: object) => planStack({ ...readStackFile(), media });

test("nothing is copied unless it is asked for", async () => {
  const plan = await withStandby({ standby: { storage: "spaces" } });
  expect(podsOf(plan).map(({ name }) => name)).not.toContain("media-copy");
});

test("members' exports are never copied, and a Space shows the rest", async () => {
  expect(MEDIA_COPY_SCRIPT.match(/--exclude '\/backups\/\*\*'/gu)).toHaveLength(2);
  const plan = await withStandby({ standby: { storage: "spaces", copy: "nightly" } });
  const pod = podsOf(plan).find(({ name }) => name === "media-copy");
  const environment = environmentOf(plan, pod!.containers[0]!);
  expect(environment.get("SOURCE")).toBe("source:media-example-social");
  expect(environment.get("RCLONE_CONFIG_SOURCE_PROVIDER")).toBe("Cloudflare");
  expect(environment.get("RCLONE_CONFIG_STANDBY_PROVIDER")).toBe("DigitalOcean");
  expect(environment.get("RCLONE_CONFIG_STANDBY_ACL")).toBe("public-read");
  expect(environment.has("RCLONE_CONFIG_SOURCE_ACL")).toBe(false);
});
