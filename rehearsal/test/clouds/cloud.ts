import { expect } from "vitest";
import { apiFaults, unsentValues } from "../../clouds/api-faults.ts";
import { ScaledClock } from "../../clouds/clock.ts";
import { cloudflareRows } from "../../clouds/cloudflare/rows.ts";
import { digitaloceanRows } from "../../clouds/digitalocean/rows.ts";
import { cloudflareProvider, digitaloceanProvider } from "../../clouds/providers.ts";
import { World } from "../../clouds/world.ts";
import type {
  ConfiguredProvider,
  DiffResult,
  Properties,
  ResourceRef,
  ResourceState,
} from "../../providers/provider.ts";
import { reveal } from "../../../plan/values.ts";
import { FakeClusters, FakeDatabases } from "../../clouds/fake-backends.ts";

/** A new seed for each Check, as in the engine, so that a newly generated name shows. */
let checks = 0;
const seed = (): Uint8Array => new Uint8Array([++checks % 256, checks >> 8]);

/** An account id and a zone id in Cloudflare's form. */
export const ACCOUNT = "a".repeat(32);
export const ZONE = "b".repeat(32);

/** A resource as the engine would store it. */
export interface Made extends ResourceState {
  readonly ref: ResourceRef;
  readonly inputs: Properties;
}

/** Both clouds without an engine: makes the engine's calls, in its order. */
export class Cloud {
  readonly clusters = new FakeClusters();
  readonly databases = new FakeDatabases();
  readonly clock: ScaledClock;
  readonly world: World;
  readonly #providers = new Map<string, Promise<ConfiguredProvider>>();

  constructor(scale = 0) {
    this.clock = new ScaledClock(scale);
    this.world = new World({
      clusters: this.clusters,
      databases: this.databases,
      clock: this.clock,
    });
  }

  /** Warnings for an operator, with the URN of each. */
  readonly warned: (readonly [urn: string, message: string])[] = [];

  async provider(type: string): Promise<ConfiguredProvider> {
    const name = type.split(":", 1)[0] ?? "";
    const attach = name === "cloudflare" ? cloudflareProvider : digitaloceanProvider;
    const warn = async (urn: string, message: string) => void this.warned.push([urn, message]);
    const known = this.#providers.get(name) ?? attach(this.world).configure({}, warn);
    this.#providers.set(name, known);
    return await known;
  }

  /**
   * Uses an instance with this configuration for later calls, as another provider of the program
   * would.
   */
  configure(name: "digitalocean" | "cloudflare", configuration: Properties): void {
    const attach = name === "cloudflare" ? cloudflareProvider : digitaloceanProvider;
    this.#providers.set(name, attach(this.world).configure(configuration));
  }

  /** The reasons for which Check refuses. */
  async refusals(type: string, inputs: Properties): Promise<readonly string[]> {
    const provider = await this.provider(type);
    const { failures } = await provider.check(refOf(type, "it"), undefined, inputs, seed());
    return failures.map(({ reason }) => reason);
  }

  async check(type: string, name: string, inputs: Properties, olds?: Properties) {
    const provider = await this.provider(type);
    const checked = await provider.check(refOf(type, name), olds, inputs, seed());
    expect(checked.failures).toEqual([]);
    return checked.inputs;
  }

  async make(type: string, name: string, news: Properties, timeoutSeconds = 0): Promise<Made> {
    const ref = refOf(type, name);
    const inputs = await this.check(type, name, news);
    const provider = await this.provider(type);
    const state = await provider.create(ref, inputs, { preview: false, timeoutSeconds });
    return { ref, inputs, ...state };
  }

  async preview(type: string, name: string, news: Properties): Promise<Properties> {
    const inputs = await this.check(type, name, news);
    const provider = await this.provider(type);
    const options = { preview: true, timeoutSeconds: 0 };
    return (await provider.create(refOf(type, name), inputs, options)).outputs;
  }

  async diff(made: Made, news: Properties, ignoreChanges: readonly string[] = []) {
    const inputs = await this.check(made.ref.type, made.ref.name, news, made.inputs);
    const provider = await this.provider(made.ref.type);
    return await provider.diff(made.ref, made.id, made, inputs, ignoreChanges);
  }

  async update(made: Made, news: Properties, preview = false): Promise<Properties> {
    const inputs = await this.check(made.ref.type, made.ref.name, news, made.inputs);
    const provider = await this.provider(made.ref.type);
    const options = { preview, timeoutSeconds: 0, ignoreChanges: [] };
    return await provider.update(made.ref, made.id, made, inputs, options);
  }

  async read(made: Made) {
    const provider = await this.provider(made.ref.type);
    return await provider.read(made.ref, made.id, made);
  }

  async remove(made: Made, timeoutSeconds = 0): Promise<void> {
    const provider = await this.provider(made.ref.type);
    await provider.delete(made.ref, made.id, made, timeoutSeconds);
  }
}

/**
 * Faults of inputs that no preview shows: the API refuses them, or the provider does not send them.
 */
export function untold(type: string, inputs: Properties): string {
  const row = [...digitaloceanRows.resources, ...cloudflareRows.resources].find(
    (each) => each.type === type,
  );
  if (row === undefined) throw new Error(`There is no row for ${type}.`);
  return [...apiFaults(row, inputs), ...unsentValues(row, inputs)].join("; ");
}

/** A reference in the engine's form. */
export function refOf(type: string, name: string): ResourceRef {
  return { urn: `urn:pulumi:dev::test::${type}::${name}`, type, name };
}

/** Keys that force a replacement, and whether the old resource is deleted first. */
export function replacement(diff: DiffResult) {
  return { replaces: diff.replaces, deleteBeforeReplace: diff.deleteBeforeReplace };
}

/** A plain property, for a comparison. */
export function plain(properties: Properties, key: string): unknown {
  return reveal(properties[key]);
}
