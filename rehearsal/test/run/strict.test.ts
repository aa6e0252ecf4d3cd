import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkStrict } from "../../checks/strict.ts";
import type { AskedObject } from "../../engine/asked-objects.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

/** A `kubectl` that refuses all objects with one of these words. */
async function refusing(...words: readonly string[]) {
  const kubectl = join(temporaryFolder("strict"), "kubectl");
  const found = `grep -oE '"(${words.join("|")})"'`;
  await writeFile(
    kubectl,
    `#!/bin/sh\nword=$(${found}) || exit 0\necho "error: unknown field $word" >&2\nexit 1\n`,
  );
  await chmod(kubectl, 0o755);
  return { kubectl, kubeconfig: "" };
}

const object = (spec: object): AskedObject => ({
  type: "kubernetes:apps/v1:Deployment",
  name: "web",
  inputs: { apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace: "m" }, spec },
});

const made = {
  urn: "urn:pulumi:prod::mastodon::kubernetes:apps/v1:Deployment::web",
  type: "kubernetes:apps/v1:Deployment",
  custom: true,
  outputs: { metadata: { name: "web-0123abcd" } },
};

test("objects whose fields are all known pass, under the names that the provider made", async () => {
  const server = await refusing("dta", "lables");
  const check = await checkStrict([object({ labels: {} })], [made], server);
  expect(check).toMatchObject({ passed: true, detail: "1 objects" });
  const named = await checkStrict([object({})], [made], await refusing("dta", "web-0123abcd"));
  expect(named.detail).toContain('unknown field "web-0123abcd"');
});

test("a field that the API server doesn't know fails, beside the one that is misspelled on purpose", async () => {
  const server = await refusing("dta", "lables");
  expect(await checkStrict([object({ lables: {} })], [made], server)).toMatchObject({
    passed: false,
    detail: 'error: unknown field "lables"',
  });
});

test("a server that accepts everything proves nothing, nor does a program without objects", async () => {
  expect(await checkStrict([object({})], [made], await refusing("nothing"))).toMatchObject({
    passed: false,
  });
  expect(await checkStrict([], [], await refusing("dta"))).toMatchObject({ passed: false });
});
