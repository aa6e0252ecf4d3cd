import type { Properties } from "../recover/state.ts";

/**
 * The program's own plan, as far as adoption needs it: URNs and inputs of every resource. Ids and
 * generated names in it are marks, since a plan in memory queries no cloud. The lookup replaces
 * them by real values.
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
  /** Inputs. Secrets are encoded as in the state. */
  readonly inputs: Properties;
  /** Mark for its id. */
  readonly idMark: string;
  /** Mark for its name, if the program leaves that to Pulumi. */
  readonly nameMark: string;
  /** Mark for its output `uuid`. A replica's firewall refers to it. */
  readonly uuidMark: string;
}

/** The whole plan. */
export interface StackPlan {
  /** In order of registration: dependencies come first. */
  readonly resources: readonly Planned[];
  /** Outputs of the stack. */
  readonly outputs: Properties;
  /** Versions of the providers' packages, by name: "4.80.1". */
  readonly versions: Readonly<Record<string, string>>;
}

/** Real values for the plan's marks. */
export class Marks {
  readonly #real = new Map<string, string>();
  readonly #all: RegExp;

  constructor(resources: readonly Planned[]) {
    const marks = resources
      .filter(({ custom }) => custom)
      .flatMap(({ idMark, nameMark, uuidMark }) => [idMark, nameMark, uuidMark])
      // One mark may be a prefix of another: the longest matches.
      .toSorted((one, other) => other.length - one.length);
    this.#all = new RegExp(marks.map(escaped).join("|"), "gu");
  }

  set(mark: string, real: string): void {
    this.#real.set(mark, real);
  }

  /** The value with known marks replaced. Undefined if an unknown mark remains. */
  known<T>(value: T): T | undefined {
    let whole = true;
    const put = this.#put(value, (mark) => {
      whole = false;
      return mark;
    });
    return whole ? (put as T) : undefined;
  }

  /** The value with known marks replaced; unknown ones stay. */
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

/** A text as a pattern that matches only it. */
export function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/gu, String.raw`\$&`);
}
