import { StoredObject } from "./stored-object.ts";

/**
 * Objects in R2's buckets, and the rules that lock them
 * (https://developers.cloudflare.com/r2/buckets/bucket-locks/, read 2026-11-28). A locked object
 * can't be overwritten or deleted, and the strictest rule applies.
 */

/** One rule of a bucket. */
export interface LockRule {
  readonly id: string;
  readonly enabled: boolean;
  /** Prefix of the keys that it locks. Default: every key. */
  readonly prefix?: string;
  readonly condition:
    | { readonly type: "Age"; readonly maxAgeSeconds: number }
    | { readonly type: "Date"; readonly date: string }
    | { readonly type: "Indefinite" };
}

/** Thrown for a change of a locked object. */
export class LockedObject extends Error {}

/** All buckets by their names. The first object creates its bucket. */
export class R2Store {
  readonly #buckets = new Map<string, Map<string, StoredObject>>();
  readonly #locks = new Map<string, readonly LockRule[]>();

  /** Keys of a bucket with a prefix, in their order. */
  list(bucket: string, prefix = ""): readonly (readonly [key: string, object: StoredObject])[] {
    return [...(this.#buckets.get(bucket) ?? [])]
      .filter(([key]) => key.startsWith(prefix))
      .toSorted(([one], [other]) => (one < other ? -1 : 1));
  }

  get(bucket: string, key: string): StoredObject | undefined {
    return this.#buckets.get(bucket)?.get(key);
  }

  /** Stores an object, or its bytes. @throws LockedObject if a rule forbids it. */
  put(bucket: string, key: string, object: Buffer | StoredObject): void {
    this.#mayTouch(bucket, key);
    const objects = this.#buckets.get(bucket) ?? new Map<string, StoredObject>();
    const stored = object instanceof StoredObject ? object : new StoredObject(object);
    this.#buckets.set(bucket, objects.set(key, stored));
  }

  /** @throws LockedObject if a rule forbids it. */
  delete(bucket: string, key: string): void {
    this.#mayTouch(bucket, key);
    this.#buckets.get(bucket)?.delete(key);
  }

  locks(bucket: string): readonly LockRule[] {
    return this.#locks.get(bucket) ?? [];
  }

  lock(bucket: string, rules: readonly LockRule[]): void {
    this.#locks.set(bucket, rules);
  }

  #mayTouch(bucket: string, key: string): void {
    const object = this.get(bucket, key);
    if (object === undefined) return;
    const rule = this.locks(bucket).find(
      ({ enabled, prefix = "", condition }) =>
        enabled && key.startsWith(prefix) && locks(condition, object.modified),
    );
    if (rule !== undefined) throw new LockedObject(`${key} is locked by the rule ${rule.id}.`);
  }
}

function locks(condition: LockRule["condition"], modified: Date): boolean {
  switch (condition.type) {
    case "Age":
      return Date.now() < modified.getTime() + condition.maxAgeSeconds * 1_000;
    case "Date":
      return Date.now() < Date.parse(condition.date);
    case "Indefinite":
      return true;
  }
}
