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
import { kindOf } from "./kinds.ts";
import type { ObjectRef } from "./object-ref.ts";
import { idOf, keyOf, objectOf } from "./objects.ts";
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
    // A Job that did not come to its end stays so: whoever asked for it gets a new one.
    if (kind !== "batch/v1/Job" || !wishesOf(news).replaceUnready) return diff;
    if (await this.#isComplete(old)) return diff;
    return {
      ...diff,
      changes: true,
      replaces: [...new Set([...diff.replaces, "metadata"])],
      detailed: {
        ...diff.detailed,
        'metadata.annotations["pulumi.com/replaceUnready"]': "update-replace",
      },
    };
  }

  /** As it is by now; where nobody can be asked, as it was, and an error counts for complete (pulumi-kubernetes `provider/pkg/provider/provider.go`, Diff). */
  async #isComplete(old: Old): Promise<boolean> {
    const ref = refOf(objectOf(old.inputs));
    const live =
      this.#options.kubeconfig === undefined || hasUnknown(old.inputs)
        ? (reveal(old.outputs) as LiveObject)
        : await this.#connect()
            .get(ref)
            .catch(() => undefined);
    return live === undefined || jobReadiness(live).state === "ready";
  }

  async create(
    { urn }: ResourceRef,
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
    return await this.#settle(
      client,
      ref,
      live,
      inputs,
      manager,
      options.timeoutSeconds,
      (error) =>
        // The URN names the step: the object's name has a suffix of Pulumi's.
        `resource ${JSON.stringify(urn)} was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: ${error}`,
    );
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
      (error) =>
        `the Kubernetes API server reported that ${JSON.stringify(idOf(refOf(object)))} failed to fully initialize or become live: ${error}`,
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
    sentenceOf: (error: string) => string,
  ): Promise<ResourceState> {
    const id = idOf(ref);
    const wishes = wishesOf(inputs);
    if (wishes.skipAwait) return { id, outputs: outputsOf(applied, inputs, manager) };
    const seconds = timeoutSeconds > 0 ? timeoutSeconds : wishes.timeoutSeconds;
    try {
      const live = await untilReady(client, ref, applied, seconds);
      return { id, outputs: outputsOf(live, inputs, manager) };
    } catch (error) {
      if (!(error instanceof NotReady)) throw error;
      // As `partialError` of the real one has it (`provider/pkg/provider/provider.go`): the engine prints each reason.
      const sentence = sentenceOf(error.message);
      throw new PartialFailure(sentence, { id, outputs: outputsOf(error.live, inputs, manager) }, [
        sentence,
        ...error.reasons,
      ]);
    }
  }

  #connect(): Client {
    const { kubeconfig, credentialsFor } = this.#options;
    if (kubeconfig === undefined)
      throw new Error("The kubernetes provider was asked to act before its cluster is known.");
    return (this.#client ??= Client.from(kubeconfig, credentialsFor));
  }
}
