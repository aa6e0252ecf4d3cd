import type { Json } from "./walk.ts";

/** One resource that a client has created, with the client's operations on it. */
export interface Thing {
  /** Its id in the API. */
  readonly id: string;
  read(): Promise<Json>;
  list(): Promise<readonly Json[]>;
  /** Whether an item of the list is this resource. */
  isIn(item: Json): boolean;
  /** Unset if nothing can be changed in place, or no change is visible. */
  readonly change?: Change;
  remove(): Promise<void>;
}

/** A change of one property. */
export interface Change {
  make(): Promise<unknown>;
  /** Its value in the client. */
  seen(thing: Json): unknown;
  readonly value: unknown;
  /** Property in which the provider shows it, and its value there if that differs. */
  readonly property: string;
  readonly inState?: unknown;
}

/** One type, created by the client of its cloud. */
export interface ClientRow<Client = Json> {
  readonly type: string;
  /** Creates one; `made` contains the earlier ones by their type. */
  make(api: Client, made: ReadonlyMap<string, Thing>): Promise<Thing>;
}

/** Polls until a condition is true, as a client does. */
export async function until(is: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    if (await is()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("It is still not so after 200 questions.");
}

/** Retries while it is refused: a VPC can't be deleted before its last member is gone. */
export async function eventually(act: () => Promise<void>): Promise<void> {
  let refusal: unknown;
  const is = async () =>
    await act().then(
      () => true,
      (error: unknown) => {
        refusal = error;
        return false;
      },
    );
  await until(is).catch(() => {
    throw refusal;
  });
}
