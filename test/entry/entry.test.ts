import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lifeAfter } from "../../domain/data-life.ts";
import { fingerprintOf } from "../../config/secret-keys/fingerprints.ts";
import { imagesOf } from "../../domain/images.ts";
import { parseConfig } from "../../input/parse.ts";
import type { SecretKey } from "../../config/secret-keys/all.ts";
import { SECRET_KEYS } from "../../config/secret-keys/values.ts";
import { readConfig } from "../../input/stack-text.ts";
import { makeSecrets } from "../../ops/secrets/make.ts";
import { stackTextOf } from "../../ops/stack-file/texts.ts";
import { planStack } from "../../plan/plan-stack.ts";
import type { PlannedResource } from "../../plan/recorder.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { SLIPS } from "../messages/slips.ts";
import { startRecordingEngine, type RecordingEngine } from "./recording-engine.ts";

const CONFIG = parseConfig(readStackFile());
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Path of the program that Pulumi's language host runs for this kind of project. */
const RUNNER = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run/index.js");

/** Real secrets, created for this test, because placeholders would be refused. */
const SECRETS = makeSecrets();
const READ_OUTPUTS = "pulumi:pulumi:readStackOutputs";

let engine: RecordingEngine;
beforeEach(async () => {
  engine = await startRecordingEngine();
});
afterEach(() => {
  engine.stop();
});

/** Runs the project's entry as `pulumi up` would; returns exit status and all output. */
async function runEntry(
  config: Readonly<Record<string, unknown>>,
  secretKeys: readonly SecretKey[] = SECRET_KEYS,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly written: string }> {
  const secrets = Object.fromEntries(secretKeys.map((key) => [key, SECRETS[key]]));
  const child = spawn(
    process.execPath,
    [
      RUNNER,
      `--monitor=${engine.address}`,
      `--engine=${engine.address}`,
      "--project=mastodon",
      "--stack=prod",
      "--organization=organization",
      "--parallel=16",
      `--root-directory=${ROOT}`,
      `--pwd=${ROOT}`,
      ".",
    ],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...environment,
        PATH: process.env["PATH"] ?? "",
        // Each start imports the SDKs. With a compile cache this takes a third less (25 to 18 s for
        // this file).
        NODE_COMPILE_CACHE: join(ROOT, "test/out/compile-cache"),
        // Pulumi.yaml sets `typescript: false`, and the language host passes it on like this.
        PULUMI_NODEJS_TYPESCRIPT: "false",
        // Structures are JSON, as `pulumi config` stores them.
        PULUMI_CONFIG: JSON.stringify(
          Object.fromEntries(
            // The committed images may not have digests yet.
            Object.entries({ images: { unpinned: "allow" }, ...config, ...secrets }).map(
              ([key, value]) => [
                key.includes(":") ? key : `mastodon:${key}`,
                typeof value === "string" ? value : JSON.stringify(value),
              ],
            ),
          ),
        ),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys.map((key) => `mastodon:${key}`)),
      },
    },
  );
  let written = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (written += chunk.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  return { status: status ?? -1, written };
}

/** Everything in a resource that the program decides, independent of the order of registration. */
function comparable(resources: readonly PlannedResource[]): unknown[] {
  return resources
    .map((resource) => ({
      ...resource,
      dependencies: [...resource.dependencies].sort(),
      propertyDependencies: Object.fromEntries(
        [...resource.propertyDependencies].map(([key, urns]) => [key, [...urns].sort()]),
      ),
    }))
    .sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

/** Time at which the program ran, from its Job for the schema. */
function bornAt(planned: readonly PlannedResource[]): Date {
  const [text = ""] = /(?<=may_be_empty_until=)\d+/u.exec(JSON.stringify(planned)) ?? [];
  const day = 24 * 3_600;
  return new Date((Number(text) - day) * 1_000);
}

describe("the entry under the SDK's own runner", () => {
  it("asks for exactly the stack that the plan in memory has: the two can't part ways", async () => {
    const { status, written } = await runEntry(readStackFile());
    expect({ status, written, errors: engine.errors, unanswered: engine.unanswered }).toEqual({
      status: 0,
      written: "",
      errors: [],
      unanswered: [],
    });
    expect(engine.finished()).toBe(true);
    const ran = engine.recorder;
    const life = lifeAfter(undefined, CONFIG, imagesOf(CONFIG).mastodon, bornAt(ran.planned));
    const plan = await planStack(readStackFile(), { secrets: SECRETS, life });
    expect(comparable(ran.planned)).toEqual(comparable(plan.resources));
    // Only the entry reads the deployed state.
    expect([...ran.called].sort()).toEqual([...plan.called, READ_OUTPUTS].sort());
    expect(ran.planned.length).toBeGreaterThan(50);
  });

  it("registers nothing, and names each missing secret once, when a stack has none of them", async () => {
    const { status, written } = await runEntry(readStackFile(), []);
    expect(status).not.toBe(0);
    const said = [...engine.errors, written].join("\n");
    for (const key of SECRET_KEYS)
      expect(said.split(`pulumi config set --secret mastodon:${key}`).length).toBe(2);
    expect(engine.recorder.planned.filter(({ custom }) => custom)).toEqual([]);
  });

  it("refuses a mistyped top-level key, which a program that asks for known keys would never see", async () => {
    const { status, written } = await runEntry({ ...readStackFile(), webDomian: "example.social" });
    expect(status).not.toBe(0);
    expect([...engine.errors, written].join("\n")).toContain("webDomian");
    expect(engine.recorder.planned.filter(({ custom }) => custom)).toEqual([]);
  });

  it("refuses what stands under a mistyped namespace, and a cloud's token in the clear", async () => {
    const { status } = await runEntry({
      ...readStackFile(),
      "mastadon:web": { threads: 5 },
      "digitalocean:token": "dop_v1_0123456789",
    });
    expect(status).not.toBe(0);
    const said = engine.errors.join("\n");
    expect(said).toContain("Did you mean mastodon:web?");
    expect(said).toContain("digitalocean:token is in the stack file unencrypted");
    expect(said).not.toContain("dop_v1_0123456789");
    expect(engine.recorder.planned.filter(({ custom }) => custom)).toEqual([]);
  });

  it("refuses a changed encryption key before the first resource, and shows neither the old nor the new one", async () => {
    const fingerprints = {
      activeRecordPrimaryKey: fingerprintOf("prod", "activeRecordPrimaryKey", "the one before"),
    };
    const { status, written } = await runEntry({ ...readStackFile(), fingerprints });
    expect(status).not.toBe(0);
    const said = [...engine.errors, written].join("\n");
    expect(said).toContain(
      "mastodon:activeRecordPrimaryKey is not the key whose fingerprint stands in the stack file, and it must never change.",
    );
    for (const value of Object.values(SECRETS)) expect(said).not.toContain(value);
    expect(engine.recorder.planned.filter(({ custom }) => custom)).toEqual([]);
  });

  it("refuses a secret in the clear, which is known to all who read the repository", async () => {
    const { status, written } = await runEntry(
      { ...readStackFile(), tunnelSecret: SECRETS.tunnelSecret },
      SECRET_KEYS.filter((key) => key !== "tunnelSecret"),
    );
    expect(status).not.toBe(0);
    const said = [...engine.errors, written].join("\n");
    expect(said).toContain("mastodon:tunnelSecret is in the stack file unencrypted");
    expect(said).not.toContain(SECRETS.tunnelSecret);
  });

  it("refuses what the running server can't become, before anything is registered", async () => {
    engine.stop();
    engine = await startRecordingEngine({
      running: { domain: "example.org", region: "fra1", mastodonVersion: "v1.0.0" },
    });
    const { status } = await runEntry(readStackFile());
    expect(status).not.toBe(0);
    const said = engine.errors.join("\n");
    expect(said).toContain("The running server can't become that; nothing was changed:");
    for (const part of ["mastodon:domain is", "mastodon:region is", "more than one minor version"])
      expect(said).toContain(part);
    expect(said).not.toMatch(/^\s+at /mu);
    expect(engine.recorder.planned.filter(({ custom }) => custom)).toEqual([]);
  });

  it("refuses the switch that takes an outage for a lost cluster, before anything is asked of a cloud", async () => {
    const environment = { PULUMI_K8S_DELETE_UNREACHABLE: "true" };
    const { status } = await runEntry(readStackFile(), SECRET_KEYS, environment);
    expect(status).not.toBe(0);
    expect(engine.errors.join("\n")).toContain("run `npm run recover -- cluster`");
    expect(engine.recorder.called).toEqual([]);
    expect(engine.recorder.planned.filter(({ custom }) => custom)).toEqual([]);
  });

  it("refuses to begin anew where git knows of a server and the state does not, before anything is asked of a cloud", async () => {
    const { postgres, ...rest } = readStackFile() as { readonly postgres: object };
    const { status } = await runEntry({
      ...rest,
      postgres: { ...postgres, origin: { since: "2025-03-02" } },
    });
    expect(status).not.toBe(0);
    expect(engine.errors.join("\n")).toContain("has lived here since 2025-03-02");
    expect([...engine.recorder.called]).toEqual([READ_OUTPUTS]);
    expect(engine.recorder.planned.filter(({ custom }) => custom)).toEqual([]);
  });

  it("refuses the template before anything is asked of a cloud, each value by its key, secrets or not", async () => {
    const { cloudflare, ...rest } = readStackFile() as { readonly cloudflare: object };
    const ids = { accountId: "0".repeat(32), zoneId: "1".repeat(32) };
    const { status } = await runEntry({ ...rest, cloudflare: { ...cloudflare, ...ids } }, []);
    expect(status).not.toBe(0);
    const said = engine.errors.join("\n");
    expect(said).toContain("that nobody filled in; nothing was changed:");
    for (const key of ["accountId", "zoneId"])
      expect(said).toContain(`mastodon:cloudflare.${key} is "`);
    expect(said).not.toMatch(/^\s+at /mu);
    expect(engine.recorder.called).toEqual([]);
  });

  it("shows an operator the sentence of a refusal and no stack trace", async () => {
    await runEntry({ ...readStackFile(), region: "Frankfurt" });
    const said = engine.errors.join("\n");
    expect(said).toContain("mastodon:region");
    expect(said).not.toMatch(/^\s+at /mu);
  });

  it("says of a slip in the stack file what `npm run render` says", async () => {
    const slip = SLIPS.find(({ what }) => what.startsWith("29"))!;
    const text = stackTextOf(slip.text, "Pulumi.prod.yaml");
    expect(() => readConfig(text)).toThrow();
    await runEntry(text.texts);
    const said = engine.errors.join("\n");
    try {
      readConfig(text);
    } catch (error) {
      expect(said).toContain((error as Error).message);
    }
  });
});
