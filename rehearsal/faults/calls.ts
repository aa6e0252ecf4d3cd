import type { AttachedProvider, ConfiguredProvider, ResourceRef } from "../providers/provider.ts";

/** Thrown by a watcher of a read: the cloud says that there is no such thing. */
export class NotFound extends Error {
  override readonly name = "NotFound";
}

/** Calls of the engine that reach a cloud and change it, or ask it about what the state holds. */
export type CallKind = "create" | "read" | "update" | "delete";

/** One call, at one of its two boundaries. */
export interface Call {
  readonly kind: CallKind;
  readonly ref: ResourceRef;
  /** Before anything is done, or after it is done and before the engine is answered. */
  readonly when: "before" | "after";
  /** Whether the call itself failed; only `after`. */
  readonly failed: boolean;
}

/**
 * Called at every boundary of every call, except in previews. The engine gets what it throws as the
 * answer. While its promise is open, the call stands still.
 */
export type Watcher = (call: Call) => Promise<void> | void;

/** A provider whose calls are watched. */
export function watchedCalls(provider: AttachedProvider, watcher: () => Watcher): AttachedProvider {
  return {
    ...provider,
    configure: async (config, warn) => watched(await provider.configure(config, warn), watcher),
  };
}

function watched(provider: ConfiguredProvider, watcher: () => Watcher): ConfiguredProvider {
  const around = async <T>(kind: CallKind, ref: ResourceRef, work: () => Promise<T>) => {
    await watcher()({ kind, ref, when: "before", failed: false });
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await watcher()({ kind, ref, when: "after", failed: true });
      throw error;
    }
    await watcher()({ kind, ref, when: "after", failed: false });
    return result;
  };
  return {
    ...provider,
    create: (ref, inputs, options) => {
      const work = () => provider.create(ref, inputs, options);
      return options.preview ? work() : around("create", ref, work);
    },
    read: async (ref, id, state) => {
      try {
        return await around("read", ref, () => provider.read(ref, id, state));
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },
    update: (ref, id, old, news, options) => {
      const work = () => provider.update(ref, id, old, news, options);
      return options.preview ? work() : around("update", ref, work);
    },
    delete: (ref, id, state, timeout) =>
      around("delete", ref, () => provider.delete(ref, id, state, timeout)),
  };
}
