import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { IMAGES } from "../../../config/images.ts";
import { sandboxOf } from "../../pods/container.ts";
import type { SandboxOptions } from "../../pods/sandbox.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

const pod: V1Pod = {
  metadata: { name: "web-5d8f9-x2x4z" },
  spec: { containers: [], securityContext: { runAsUser: 991, runAsGroup: 991 } },
};

/** The container that is built from this image. */
async function made(image: string, more: Partial<V1Container> = {}): Promise<SandboxOptions> {
  const nothing = async (): Promise<undefined> => undefined;
  return await sandboxOf(
    pod,
    { name: "one", image, ...more },
    {
      read: { configMap: nothing, secret: nothing },
      ...{ hosts: new Map(), root: "/debian", trustStore: "" },
      ...{ folder: temporaryFolder("volumes"), images: temporaryFolder("images") },
    },
  );
}

test("a container begins as its runtime would begin it: its own words, else its image's; in the place of tini stands the sandbox", async () => {
  const args = ["bundle", "exec", "puma"];
  expect(await made(IMAGES.mastodon, { args })).toMatchObject({
    program: args,
    workingDirectory: "/opt/mastodon",
  });
  expect((await made(IMAGES.streaming)).program).toEqual([
    "node",
    "/opt/stand-in/programs/streaming.mjs",
  ]);
  const command = ["nginx", "-e", "stderr"];
  expect((await made(IMAGES.nginx, { command })).program).toEqual(command);
  const tunnel = await made(IMAGES.cloudflared, { args: ["tunnel", "run"] });
  expect(tunnel.program.slice(-2)).toEqual(["tunnel", "run"]);
  expect(tunnel.program[0]).toBe("node");
});

test("what a pod says of the environment comes before what its image says, and its name is its host's", async () => {
  const env = [{ name: "BIND", value: "127.0.0.1" }];
  const { environment, hostname } = await made(IMAGES.mastodon, { env });
  expect(environment).toMatchObject({
    ...{ BIND: "127.0.0.1", RAILS_ENV: "production", HOSTNAME: pod.metadata?.name },
    PATH: expect.stringMatching(/^\/usr\/lib\/postgresql\/17\/bin:.*:\/opt\/mastodon\/bin$/u),
  });
  expect(hostname).toBe(pod.metadata?.name);
});

test("nginx is told to go by the signal that lets it answer first, all others by the usual one", async () => {
  expect((await made(IMAGES.nginx)).stopSignal).toBe("SIGQUIT");
  expect((await made(IMAGES.mastodon)).stopSignal).toBeUndefined();
});
