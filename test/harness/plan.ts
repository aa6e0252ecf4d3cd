import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { parseConfig, type StackConfig } from "../../config/schema.ts";
import { SECRET_KEYS, type StackSecrets } from "../../config/secrets.ts";
import { createStack } from "../../stack.ts";
import { marked } from "./answers.ts";
import { Recorder, type PlannedInvoke, type PlannedResource } from "./recorder.ts";

/** Everything that one run of the program asked for. */
export interface Plan {
  readonly resources: readonly PlannedResource[];
  readonly invokes: readonly PlannedInvoke[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The `mastodon:` part of the committed production stack, keys without their prefix, secrets left out. */
export function productionRaw(): Record<string, unknown> {
  const file = parse(readFileSync(new URL("../../Pulumi.prod.yaml", import.meta.url), "utf8")) as {
    config: Record<string, unknown>;
  };
  return Object.fromEntries(
    Object.entries(file.config)
      .map(([key, value]) => [key.replace(/^mastodon:/u, ""), value] as const)
      .filter(([key]) => !(SECRET_KEYS as readonly string[]).includes(key)),
  );
}

/** The committed production config with some top-level keys changed; an `undefined` takes the key away. */
export function configWith(overrides: Readonly<Record<string, unknown>> = {}): StackConfig {
  const raw = { ...productionRaw(), ...overrides };
  return parseConfig(
    Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined)),
  );
}

/** Each secret is its own marker, so that one in the clear says which it is. */
export function markedSecrets(): StackSecrets {
  return Object.fromEntries(
    SECRET_KEYS.map((key) => [key, pulumi.secret(marked(key))]),
  ) as unknown as StackSecrets;
}

/**
 * Plans the whole stack in memory: the program's own code, no engine, no provider. One at a time: the SDK keeps its monitor in a global.
 * @param overrides as `configWith` takes them.
 * @param options.preview with computed outputs unknown, as in a preview of a new stack.
 */
export async function planStack(
  overrides: Readonly<Record<string, unknown>> = {},
  options: { readonly preview?: boolean } = {},
): Promise<Plan> {
  const config = configWith(overrides);
  return await planProgram(() => createStack(config, markedSecrets()), options.preview ?? false);
}

/** Plans any program. */
export async function planProgram(program: () => unknown, preview = false): Promise<Plan> {
  const recorder = new Recorder(preview);
  // For the features that it declares; the recorder then takes its place.
  await pulumi.runtime.setMocks(recorder.mocks, "mastodon", "prod", preview);
  pulumi.runtime.setMockOptions(recorder, "mastodon", "prod", preview);
  const outputs = (await pulumi.runtime.runInPulumiStack(async () => program())) as Record<
    string,
    unknown
  >;
  // What is registered inside an apply comes later than anything that can be awaited: wait until no more comes.
  for (let count = -1; count !== recorder.registered.length;) {
    count = recorder.registered.length;
    await new Promise((resolve) => setImmediate(resolve));
    await pulumi.runtime.disconnect();
  }
  return { resources: recorder.registered, invokes: recorder.invokes, outputs };
}
