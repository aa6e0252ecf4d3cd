import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { PropertyKind, PropertyRow, ResourceRow } from "../../clouds/rows.ts";

/**
 * A real provider's declaration of one resource type. For each property: its kind, then its flags.
 */
export interface Declared {
  /**
   * `required` or `optional`, then any of `computed` (only Cloudflare's have it), `replace`,
   * `secret`.
   */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** Properties that the state always has (DigitalOcean). */
  readonly always?: readonly string[];
  /** Properties that stay known in an update (Cloudflare). */
  readonly stable?: readonly string[];
  /** The `customTimeouts` that it uses, with their defaults in seconds. */
  readonly timeouts?: Readonly<Record<string, number>>;
}

/** Declarations of a provider for the types with a row, extracted from its source. */
export interface DeclaredProvider {
  readonly sources: readonly {
    readonly what: string;
    readonly version: string;
    readonly date: string;
    readonly licence: string;
  }[];
  readonly resources: Readonly<Record<string, Declared>>;
}

export type CloudName = "digitalocean" | "cloudflare";

/** The committed declarations of a provider. */
export function declaredBy(cloud: CloudName): DeclaredProvider {
  const file = join(import.meta.dirname, `../../clouds/declared/${cloud}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as DeclaredProvider;
}

/** Differences between a row and the declaration, a line for each. A set is declared as a list. */
export function differences(row: ResourceRow, real: Declared): readonly string[] {
  const found: string[] = [];
  const compare = (what: string, ours: unknown, theirs: unknown): void => {
    const [left, right] = [ours, theirs].map((value) => JSON.stringify(value));
    if (left !== right) found.push(`${what}: ${left} here, ${right} there`);
  };
  for (const [key, property] of Object.entries(row.properties)) {
    const flags = (real.inputs[key] ?? real.outputs[key])?.split(" ");
    if (flags === undefined) {
      found.push(`${key}: unknown there`);
      continue;
    }
    compare(`${key}, its kind`, kindOf(property, flags[0]), flags[0]);
    compare(`${key}, secret`, property.secret === true, flags.includes("secret"));
    // An input that the stack never sets may be an output here: setting it is refused.
    if (property.output === true) continue;
    compare(`${key}, an input`, true, real.inputs[key] !== undefined);
    compare(`${key}, replaces`, property.replaces === true, flags.includes("replace"));
    if (real.stable !== undefined)
      compare(`${key}, computed`, property.computed === true, flags.includes("computed"));
  }
  const keysWith = (flag: string): readonly string[] =>
    Object.entries({ ...real.inputs, ...real.outputs })
      .filter(([, flags]) => flags.split(" ").includes(flag))
      .map(([key]) => key)
      .sort();
  const required = Object.entries(row.properties).filter(([, each]) => each.required === true);
  compare("required", required.map(([key]) => key).sort(), keysWith("required"));
  for (const key of keysWith("secret"))
    if (row.properties[key] === undefined) found.push(`${key}: a secret there, and no row here`);
  if (real.stable !== undefined)
    compare(
      "stable in an update",
      row.stableOutputs,
      Object.keys(row.properties).filter((key) => real.stable?.includes(key)),
    );
  compare("timeouts", row.timeouts ?? {}, real.timeouts ?? {});
  return found;
}

/** A value of any kind keeps its form; a set is a list without order. */
function kindOf(property: PropertyRow, declared: string | undefined): PropertyKind | undefined {
  if (property.kind === "set") return "list";
  return property.kind === "any" ? (declared as PropertyKind) : property.kind;
}

/** A type in the program's SDK: its arguments, the required ones, and the secret ones. */
export interface SdkType {
  readonly inputs: readonly string[];
  readonly required: readonly string[];
  readonly secrets: readonly string[];
}

/** Parses the installed SDK's files, which are generated with one property a line. */
export function sdkTypes(cloud: CloudName, types: readonly string[]): ReadonlyMap<string, SdkType> {
  const folder = dirname(createRequire(import.meta.url).resolve(`@pulumi/${cloud}/package.json`));
  // `r2Bucket` of the token is `r2bucket.js` there.
  const files = new Map(readdirSync(folder).map((name) => [name.toLowerCase(), name]));
  return new Map(
    types.map((type) => {
      const [, module = "", name = ""] = /index\/(\w+):(\w+)$/u.exec(type) ?? [];
      const text = (suffix: string): string =>
        readFileSync(
          join(folder, files.get(`${module}${suffix}`.toLowerCase()) ?? `${module}${suffix}`),
          "utf8",
        );
      const args = new RegExp(`^export interface ${name}Args \\{\n(.*?)^\\}`, "msu");
      const properties = [
        ...(args.exec(text(".d.ts"))?.[1] ?? "").matchAll(/^ {4}(\w+)(\??): /gmu),
      ];
      const code = text(".js");
      const outputs = /additionalSecretOutputs: (\[[^\]]*\])/u.exec(code)?.[1] ?? "[]";
      const given = [...code.matchAll(/pulumi\.secret\(args\.(\w+)\)/gu)].map(([, key]) => key);
      return [
        type,
        {
          inputs: properties.map(([, key]) => String(key)).sort(),
          required: properties
            .flatMap(([, key, mark]) => (mark === "" ? [String(key)] : []))
            .sort(),
          secrets: [...new Set([...(JSON.parse(outputs) as string[]), ...given])]
            .map(String)
            .sort(),
        },
      ] as const;
    }),
  );
}

/**
 * Differences between the installed SDK and the declaration. A new optional input does not count.
 */
export function sdkDifferences(real: Declared, sdk: SdkType): readonly string[] {
  const found: string[] = [];
  const keysWith = (flag: string): readonly string[] =>
    Object.entries({ ...real.inputs, ...real.outputs })
      .filter(([, flags]) => flags.split(" ").includes(flag))
      .map(([key]) => key)
      .sort();
  const compare = (what: string, declared: readonly string[], installed: readonly string[]) => {
    for (const key of installed.filter((each) => !declared.includes(each)))
      found.push(`${what}: ${key} is new in the SDK`);
    for (const key of declared.filter((each) => !installed.includes(each)))
      found.push(`${what}: ${key} is gone from the SDK`);
  };
  compare("required", keysWith("required"), sdk.required);
  compare("secret", keysWith("secret"), sdk.secrets);
  const gone = Object.keys(real.inputs).filter((key) => !sdk.inputs.includes(key));
  return [...found, ...gone.map((key) => `input: ${key} is gone from the SDK`)];
}
