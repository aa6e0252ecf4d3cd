import type { z } from "zod";
import { capacityRefusal } from "../domain/capacity/all.ts";
import { withDefaults } from "../config/defaults.ts";
import { RULES } from "./rules/all.ts";
import type { ValidKeys } from "./rules/rule.ts";
import { lostAutoscaler } from "./rules/ceiling.ts";
import { StackConfigSchema, type StackConfig } from "../config/schema.ts";
import { nodeOf, type SchemaNode } from "../config/describe.ts";
import { curesText, keyOf, Refusal, type Fault } from "../domain/fault.ts";
import { faultsOf, type FaultContext } from "./messages/faults.ts";

/** Facts about the configuration in addition to its values. */
export interface ParseOptions {
  /** Top-level keys whose values are encrypted in the stack file and never shown. Default: none. */
  readonly encrypted?: ReadonlySet<string>;
  /** Other known top-level keys, to suggest one for a typo: the secrets. Default: none. */
  readonly otherKeys?: readonly string[];
  /** Faults of keys in other namespaces, to be reported with the rest. Default: none. */
  readonly elsewhere?: readonly Fault[];
}

/**
 * Parses the configuration in a stack file's form, adds the profile's values, and checks it against
 * its budgets.
 * @throws Refusal naming every fault with its key, all at once. Exceeded budgets are reported only
 * if everything else is valid.
 */
export function parseConfig(raw: unknown, options: ParseOptions = {}): StackConfig {
  const { config, faults } = judged(raw, options);
  if (config === undefined || faults.length > 0)
    throw new Refusal(
      `The stack's configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}; nothing was changed`,
      faults,
    );
  const written = keysOf(raw);
  const refusal = capacityRefusal(config, {
    written,
    accept: (changed) => {
      const other = judged(changed, {});
      const isRefused = other.faults.length > 0 || lostAutoscaler(changed).length > 0;
      return isRefused ? undefined : other.config;
    },
  });
  if (refusal !== undefined) throw refusal;
  // Only now, because its remedies need no more than the budgets that were just checked.
  const lost = lostAutoscaler(written);
  if (lost.length > 0)
    throw new Refusal("The stack's configuration has a fault; nothing was changed", lost);
  return config;
}

/** Every fault of a configuration, each once, without its budgets. Default options: none. */
export function configFaults(raw: unknown, options: ParseOptions = {}): readonly Fault[] {
  return judged(raw, options).faults;
}

/** The configuration, if the schema accepts it, and every fault except exceeded budgets. */
function judged(
  raw: unknown,
  options: ParseOptions,
): { readonly config: StackConfig | undefined; readonly faults: readonly Fault[] } {
  const written = keysOf(raw);
  const completed = withDefaults(written);
  const parsed = StackConfigSchema.safeParse(completed, { reportInput: true });
  const issues = parsed.error?.issues ?? [];
  const elsewhere = options.elsewhere ?? [];
  // A key with a misspelt namespace is not also reported as missing.
  const meant = new Set(
    elsewhere.flatMap(({ cures }) => cures.flatMap(({ rename = {} }) => Object.values(rename))),
  );
  const faults = toldOnce([
    ...elsewhere,
    ...sentences(
      issues.filter(
        ({ path, input }) => input !== undefined || !meant.has(path.map(String).join(".")),
      ),
      {
        root: completed,
        mayShow: ([key]) => options.encrypted?.has(String(key)) !== true,
        otherKeys: options.otherKeys ?? [],
        profiled: written["profile"] !== undefined,
      },
    ),
    ...ruleFaults(completed, new Set(issues.map(({ path }) => path[0]))),
  ]);
  if (!parsed.success) return { config: undefined, faults };
  const { profile, ...config } = parsed.data;
  return { config, faults };
}

function keysOf(raw: unknown): Readonly<Record<string, unknown>> {
  return (typeof raw === "object" && raw !== null ? raw : {}) as Readonly<Record<string, unknown>>;
}

/** One value may violate two bounds of one message, which is reported once. */
function toldOnce(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [fault.message, fault])).values()];
}

let described: SchemaNode | undefined;

/**
 * Describing the schema takes longer than parsing, so it is done only if there is a fault, and
 * once.
 */
function sentences(
  issues: readonly z.core.$ZodIssue[],
  context: Omit<FaultContext, "schema">,
): readonly Fault[] {
  if (issues.length === 0) return [];
  const schema = (described ??= nodeOf(StackConfigSchema));
  return faultsOf(issues, { schema, ...context });
}

/** Applies each rule whose own keys are valid, so that one mistake does not hide another. */
function ruleFaults(
  completed: Readonly<Record<string, unknown>>,
  faulty: ReadonlySet<PropertyKey | undefined>,
): readonly Fault[] {
  const config: ValidKeys = Object.fromEntries(
    Object.entries(StackConfigSchema.shape)
      .filter(([key]) => !faulty.has(key))
      .map(([key, schema]) => [key, schema.parse(completed[key])]),
  );
  return RULES.flatMap((rule) =>
    rule(config).map((fault) => {
      const { code = "rule", says, cures = [] } = fault;
      const key = "file" in fault ? fault.file : fault.key;
      const subject = "file" in fault ? key : keyOf(key.split("."), config);
      const remedies = cures.length === 0 ? "" : `. ${curesText(cures, { key, root: config })}`;
      return { code, key, message: `${subject}: ${says}${remedies}`, cures };
    }),
  );
}
