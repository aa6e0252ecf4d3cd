import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { checkAsked } from "../../checks/asked.ts";
import {
  cloudSettings,
  installCloudPlugins,
  installedPlugins,
  pluginFaults,
  pluginKindOf,
  WITHHELD,
} from "../../engine/cloud-plugins.ts";
import { notProvenWith } from "../../result.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

const ADDRESSES = {
  digitaloceanUrl: "http://127.0.0.1:4711",
  cloudflareUrl: "http://127.0.0.1:4712/client/v4",
};

async function pinned(name: string): Promise<string> {
  const { dependencies } = JSON.parse(await readFile("package.json", "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return dependencies[`@pulumi/${name}`]!;
}

/**
 * Puts a program at the path where `pulumi plugin install` puts a plugin. It prints its
 * environment.
 */
async function install(home: string, name: string, version: string): Promise<void> {
  const file = join(home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '#!/bin/sh\necho "arguments $*"\nenv\n');
  await chmod(file, 0o755);
}

const withPlugins = async (): Promise<NodeJS.ProcessEnv> => {
  const home = temporaryFolder("pulumi-home");
  for (const name of ["digitalocean", "cloudflare"]) await install(home, name, await pinned(name));
  return { PULUMI_HOME: home };
};

test("a plugin that is not installed is refused with the command that installs it", async () => {
  const env = { PULUMI_HOME: join(temporaryFolder("pulumi-home"), "none") };
  const faults = pluginFaults(env);
  expect(faults.map(({ code, key }) => [code, key])).toEqual([
    ["plugin", "digitalocean"],
    ["plugin", "cloudflare"],
  ]);
  for (const { key, message } of faults)
    expect(message).toContain(`\`pulumi plugin install resource ${key} v${await pinned(key)}\``);
  expect(installedPlugins(env)).toEqual([]);
});

test("another version of a plugin is no substitute: the engine would look on, and find none", async () => {
  const home = temporaryFolder("pulumi-home");
  await install(home, "digitalocean", "4.0.0");
  await install(home, "cloudflare", await pinned("cloudflare"));
  const faults = pluginFaults({ PULUMI_HOME: home });
  expect(faults.map(({ key }) => key)).toEqual(["digitalocean"]);
  expect(faults[0]?.message).toContain("4.0.0");
});

test("plugins are looked for below the home of the user where PULUMI_HOME is not set", async () => {
  const home = temporaryFolder("home");
  for (const name of ["digitalocean", "cloudflare"])
    await install(join(home, ".pulumi"), name, await pinned(name));
  expect(pluginFaults({ HOME: home })).toEqual([]);
  expect(installedPlugins({ HOME: home }).map(({ name }) => name)).toEqual([
    "digitalocean",
    "cloudflare",
  ]);
});

test("what the engine starts is the real plugin, pointed at this run and without an operator's tokens", async () => {
  const home = temporaryFolder("run-home");
  await installCloudPlugins(home, installedPlugins(await withPlugins()), ADDRESSES);
  // Variables in the environment of a deploy, and in a developer's shell.
  const operator = Object.fromEntries(
    [...WITHHELD, "DIGITALOCEAN_TOKEN", "CLOUDFLARE_API_TOKEN", "DIGITALOCEAN_API_URL"].map(
      (name) => [name, "the operator's own"],
    ),
  );
  const started = async (name: string): Promise<string> => {
    const folder = `resource-${name}-v${await pinned(name)}`;
    const program = join(home, "plugins", folder, `pulumi-resource-${name}`);
    const env = { PATH: process.env["PATH"], ...operator, PULUMI_MARK: "kept" };
    return (await promisify(execFile)(program, ["127.0.0.1:9"], { env })).stdout;
  };
  const digitalocean = await started("digitalocean");
  expect(digitalocean).toContain("arguments 127.0.0.1:9\n");
  expect(digitalocean).toContain("DIGITALOCEAN_API_URL=http://127.0.0.1:4711\n");
  expect(digitalocean).toContain("SPACES_ENDPOINT_URL=http://127.0.0.1:4711\n");
  expect(digitalocean).toMatch(/^DIGITALOCEAN_HTTP_RETRY_MAX=\d+$/mu);
  expect(digitalocean).toMatch(/^DIGITALOCEAN_TOKEN=dop_v1_[0-9a-f]{64}$/mu);
  const cloudflare = await started("cloudflare");
  expect(cloudflare).toContain("CLOUDFLARE_BASE_URL=http://127.0.0.1:4712/client/v4\n");
  expect(cloudflare).toMatch(/^CLOUDFLARE_API_TOKEN=[0-9A-Za-z_-]{40}$/mu);
  for (const output of [digitalocean, cloudflare]) expect(output).toContain("PULUMI_MARK=kept\n");
  const names = (output: string) => output.split("\n").map((line) => line.split("=")[0]);
  for (const name of WITHHELD)
    expect([...names(digitalocean), ...names(cloudflare)]).not.toContain(name);
});

test("tokens are made up for each run", () => {
  const [one, other] = [cloudSettings(ADDRESSES), cloudSettings(ADDRESSES)];
  expect(one.cloudflare["CLOUDFLARE_API_TOKEN"]).not.toBe(other.cloudflare["CLOUDFLARE_API_TOKEN"]);
});

test("plugins that asked another API than this run's fail the drill", () => {
  const asked = (cloud: "digitalocean" | "cloudflare") =>
    ({ cloud, method: "GET", path: "/v2/vpcs/{vpc_id}", status: 200 }) as const;
  expect(checkAsked([asked("digitalocean"), asked("cloudflare")]).passed).toBe(true);
  expect(checkAsked([asked("digitalocean")])).toMatchObject({
    passed: false,
    detail: expect.stringContaining("cloudflare was asked nothing") as string,
  });
});

test("a word that is no kind of plugins is refused", () => {
  expect(pluginKindOf("real")).toBe("real");
  expect(() => pluginKindOf("true")).toThrow(/--plugins is "true"; say simulated/u);
});

test("the summary says of both kinds of plugins what they do not prove", () => {
  const real = notProvenWith([{ name: "cloudflare", version: "6.22.1", program: "" }]).join("\n");
  const simulated = notProvenWith(undefined).join("\n");
  expect(simulated).toContain("simulated ones are attached");
  expect(real).not.toContain("simulated ones are attached");
  expect(real).toContain("cloudflare 6.22.1");
});
