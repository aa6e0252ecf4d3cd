import type { Json } from "./walk.ts";

/** One resource that a client has made, with all that the client can do with it. */
export interface Thing {
  /** By what the API knows it. */
  readonly id: string;
  read(): Promise<Json>;
  list(): Promise<readonly Json[]>;
  /** Whether an item of the list is this one. */
  isIn(item: Json): boolean;
  /** Missing where nothing can be changed in place, or nothing of it is to be seen. */
  readonly change?: Change;
  remove(): Promise<void>;
}

/** A change of one property. */
export interface Change {
  make(): Promise<unknown>;
  /** Its value as the client reads it. */
  seen(thing: Json): unknown;
  readonly value: unknown;
  /** The property in which the provider shows it, and its value there if that is another. */
  readonly property: string;
  readonly inState?: unknown;
}

/** One type, made by the client of its cloud. */
export interface ClientRow<Client = Json> {
  readonly type: string;
  /** Makes one; `made` are those before it, by their type. */
  make(api: Client, made: ReadonlyMap<string, Thing>): Promise<Thing>;
}

/** Asks again until it is so, as a client polls. */
export async function until(is: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    if (await is()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("It is still not so after 200 questions.");
}

/** Tries again while it is refused: a VPC can't go before its last member has left. */
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
