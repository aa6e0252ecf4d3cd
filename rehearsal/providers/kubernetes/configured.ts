import type { KubernetesObject } from "@kubernetes/client-node";
import {
  PartialFailure,
  type CheckResult,
  type ConfiguredProvider,
  type DiffResult,
  type Properties,
  type ResourceRef,
  type ResourceState,
} from "../provider.ts";
import { hasUnknown, reveal } from "../values.ts";
import { wishesOf } from "./annotations.ts";
import { metadataOf, withMetadata, withName } from "./autoname.ts";
import { NotReady, untilGone, untilReady } from "./await.ts";
import {
  Client,
  isStatus,
  refOf,
  Unreachable,
  type CredentialsFor,
  type LiveObject,
} from "./client.ts";
import { jobReadiness } from "./conditions.ts";
import { diffOf } from "./diff.ts";
import { decided, inputsAsFound } from "./drift.ts";
import { kindKey, kindOf } from "./kinds.ts";
import type { ObjectRef } from "./object-ref.ts";
import { FIELD_MANAGER, outputsOf } from "./outputs.ts";

/** What one provider instance is made of. */
export interface ConfiguredOptions {
  /** Undefined in a preview in which the cluster is yet to be made. */
  readonly kubeconfig: string | undefined;
  readonly credentialsFor: CredentialsFor;
  readonly deleteUnreachable: () => boolean;
  readonly newFieldManager: () => string;
}

type Old = { readonly inputs: Properties; readonly outputs: Properties };

/** One configured instance: one cluster. */
export class ConfiguredKubernetes implements ConfiguredProvider {
  readonly #options: ConfiguredOptions;
  #client: Client | undefined;

  constructor(options: ConfiguredOptions) {
    this.#options = options;
  }

  async check(
    ref: ResourceRef,
    olds: Properties | undefined,
    news: Properties,
    seed: Uint8Array,
  ): Promise<CheckResult> {
    const { namespaced } = kindOf(keyOf(news));
    wishesOf(news);
    const placed =
      namespaced && metadataOf(news)["namespace"] === undefined
        ? withMetadata(news, { namespace: "default" })
        : news;
    return { inputs: withName(ref.name, olds, placed, seed), failures: [] };
  }

  async diff(
    _ref: ResourceRef,
    _id: string,
    old: Old,
    news: Properties,
    ignoreChanges: readonly string[],
  ): Promise<DiffResult> {
    const kind = keyOf(news);
    const diff = diffOf(kind, old.inputs, news, ignoreChanges);
    // A Job that failed stays failed: whoever asked for it gets a new one.
    const failed =
      kind === "batch/v1/Job" &&
      wishesOf(news).replaceUnready &&
      jobReadiness(reveal(old.outputs) as LiveObject).state === "failed";
    if (!failed) return diff;
    return {
      ...diff,
      changes: true,
      replaces: [...new Set([...diff.replaces, "status"])],
      detailed: { ...diff.detailed, status: "update-replace" },
    };
  }

  async create(
    _ref: ResourceRef,
    inputs: Properties,
    options: { readonly preview: boolean; readonly timeoutSeconds: number },
  ): Promise<ResourceState> {
    const manager = this.#options.newFieldManager();
    if (options.preview) return { id: "", outputs: await this.#tryOut(inputs, manager) };
    const client = this.#connect();
    const object = objectOf(inputs);
    const ref = refOf(object);
    if ((await client.get(ref)) !== undefined)
      throw new Error(
        `${kindOf(keyOf(inputs)).plural} "${ref.name}" already exists: it was made by someone else, or the state that knew it is lost. Import it, or delete it.`,
      );
    const live = await client.apply(object, { manager, dryRun: false, force: false });
    return await this.#settle(client, ref, live, inputs, manager, options.timeoutSeconds);
  }

  async update(
    _ref: ResourceRef,
    _id: string,
    old: Old,
    news: Properties,
    options: { readonly preview: boolean; readonly timeoutSeconds: number },
  ): Promise<Properties> {
    const manager = String(old.outputs[FIELD_MANAGER] ?? this.#options.newFieldManager());
    if (options.preview) return await this.#tryOut(news, manager);
    const client = this.#connect();
    const object = objectOf(news);
    const live = await client.apply(object, {
      manager,
      dryRun: false,
      force: wishesOf(news).patchForce,
    });
    const state = await this.#settle(
      client,
      refOf(object),
      live,
      news,
      manager,
      options.timeoutSeconds,
    );
    return state.outputs;
  }

  async read(
    _ref: ResourceRef,
    id: string,
    state: { readonly inputs: Properties | undefined; readonly outputs: Properties },
  ): Promise<(ResourceState & { readonly inputs: Properties }) | undefined> {
    const { inputs } = state;
    if (inputs === undefined)
      throw new Error(`${id} can't be imported in a rehearsal; nothing of the stack is.`);
    try {
      const client = this.#connect();
      const object = objectOf(inputs);
      const live = await client.get(refOf(object));
      if (live === undefined) return undefined;
      const manager = String(state.outputs[FIELD_MANAGER] ?? this.#options.newFieldManager());
      const wanted = await client.apply(object, { manager, dryRun: true, force: true });
      const found = inputsAsFound(inputs, decided(live), decided(wanted)) as Properties;
      return { id, inputs: found, outputs: outputsOf(live, inputs, manager) };
    } catch (error) {
      if (error instanceof Unreachable && this.#options.deleteUnreachable()) return undefined;
      throw error;
    }
  }

  async delete(_ref: ResourceRef, _id: string, state: Old, timeoutSeconds: number): Promise<void> {
    try {
      const client = this.#connect();
      const ref = refOf(objectOf(state.inputs));
      await client.delete(ref);
      await untilGone(client, ref, timeoutSeconds === 0 ? undefined : timeoutSeconds);
    } catch (error) {
      if (error instanceof Unreachable && this.#options.deleteUnreachable()) return;
      throw error;
    }
  }

  async invoke(token: string): Promise<Properties> {
    throw new Error(`The rehearsal's kubernetes provider has no function ${token}.`);
  }

  /** What the server would make of it; what it refuses, it refuses here already. Without a server, or with unknowns: the inputs. */
  async #tryOut(inputs: Properties, manager: string): Promise<Properties> {
    if (this.#options.kubeconfig === undefined || hasUnknown(inputs)) return inputs;
    const object = objectOf(inputs);
    try {
      const live = await this.#connect().apply(object, { manager, dryRun: true, force: true });
      return outputsOf(live, inputs, manager);
    } catch (error) {
      // Its namespace is part of the same update and not there yet.
      if (isStatus(error, 404)) return inputs;
      throw error;
    }
  }

  async #settle(
    client: Client,
    ref: ObjectRef,
    applied: LiveObject,
    inputs: Properties,
    manager: string,
    timeoutSeconds: number,
  ): Promise<ResourceState> {
    const id = ref.namespace === "" ? ref.name : `${ref.namespace}/${ref.name}`;
    const wishes = wishesOf(inputs);
    if (wishes.skipAwait) return { id, outputs: outputsOf(applied, inputs, manager) };
    const seconds = timeoutSeconds > 0 ? timeoutSeconds : wishes.timeoutSeconds;
    try {
      const live = await untilReady(client, ref, applied, seconds);
      return { id, outputs: outputsOf(live, inputs, manager) };
    } catch (error) {
      if (!(error instanceof NotReady)) throw error;
      throw new PartialFailure(error.message, {
        id,
        outputs: outputsOf(error.live, inputs, manager),
      });
    }
  }

  #connect(): Client {
    const { kubeconfig, credentialsFor } = this.#options;
    if (kubeconfig === undefined)
      throw new Error("The kubernetes provider was asked to act before its cluster is known.");
    return (this.#client ??= Client.from(kubeconfig, credentialsFor));
  }
}

function keyOf(inputs: Properties): string {
  return kindKey(String(inputs["apiVersion"]), String(inputs["kind"]));
}

function objectOf(inputs: Properties): KubernetesObject {
  return reveal(inputs) as KubernetesObject;
}
