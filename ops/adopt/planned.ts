import type { Properties } from "../recover/state.ts";

/**
 * The program's own plan, as far as adopting needs it: places and inputs of all that the stack has.
 * Ids and made-up names in it are marks, for a plan in memory asks no cloud; a look at the clouds
 * puts the real ones in their place.
 */

/** One resource as the program registers it. */
export interface Planned {
  readonly type: string;
  readonly name: string;
  /** False for a component. */
  readonly custom: boolean;
  readonly urn: string;
  /** URN of its parent; "" for the stack itself. */
  readonly parent: string;
  /** `URN::ID` of its provider; "" for the default one of its package. */
  readonly provider: string;
  readonly protect: boolean;
  /** Inputs. A secret of them is in the form of the state. */
  readonly inputs: Properties;
  /** The id that the plan gave it. */
  readonly idMark: string;
  /** The name that the plan gave it where the program leaves one to Pulumi. */
  readonly nameMark: string;
  /** The output `uuid` that the plan gave it. A replica's firewall stands under it. */
  readonly uuidMark: string;
}

/** The whole plan. */
export interface StackPlan {
  /** In the order of their registration: what one depends on comes before it. */
  readonly resources: readonly Planned[];
  /** Outputs of the stack. */
  readonly outputs: Properties;
  /** Versions of the providers' packages, by name: "4.80.1". */
  readonly versions: Readonly<Record<string, string>>;
}

/** Real values in the place of the plan's marks. */
export class Marks {
  readonly #real = new Map<string, string>();
  readonly #all: RegExp;

  constructor(resources: readonly Planned[]) {
    const marks = resources
      .filter(({ custom }) => custom)
      .flatMap(({ idMark, nameMark, uuidMark }) => [idMark, nameMark, uuidMark])
      // One may begin another: the longest is meant.
      .toSorted((one, other) => other.length - one.length);
    this.#all = new RegExp(marks.map(escaped).join("|"), "gu");
  }

  set(mark: string, real: string): void {
    this.#real.set(mark, real);
  }

  /** The value with all that is known in it. Undefined where a mark is left that is not. */
  known<T>(value: T): T | undefined {
    let whole = true;
    const put = this.#put(value, (mark) => {
      whole = false;
      return mark;
    });
    return whole ? (put as T) : undefined;
  }

  /** The value with all that is known in it; other marks stay. */
  in<T>(value: T): T {
    return this.#put(value, (mark) => mark) as T;
  }

  #put(value: unknown, unknown: (mark: string) => string): unknown {
    if (typeof value === "string")
      return value.replaceAll(this.#all, (mark) => this.#real.get(mark) ?? unknown(mark));
    if (Array.isArray(value)) return value.map((each) => this.#put(each, unknown));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, this.#put(inner, unknown)]),
    );
  }
}

/** A text as a pattern that only it fits. */
export function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/gu, String.raw`\$&`);
}
