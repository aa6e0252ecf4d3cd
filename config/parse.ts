import { withDefaults } from "./defaults.ts";
import { nodeOf } from "./describe.ts";
import { faultsOf, keyOf, type FaultContext } from "./faults.ts";
import { RULES } from "./rules.ts";
import { StackConfigSchema, type StackConfig } from "./schema.ts";

/** What is known of the configuration besides its values. */
export interface ParseOptions {
  /** Top-level keys whose values are encrypted in the stack file: they are never shown. Default none. */
  readonly encrypted?: ReadonlySet<string>;
  /** Other known top-level keys, to name one for a typo: the secrets. Default none. */
  readonly otherKeys?: readonly string[];
}

/**
 * Parses configuration as the stack file has it, and fills in what the profile gives.
 * @throws Error naming every fault with its key, all at once.
 */
export function parseConfig(raw: unknown, options: ParseOptions = {}): StackConfig {
  const written = (typeof raw === "object" && raw !== null ? raw : {}) as Readonly<
    Record<string, unknown>
  >;
  const whole = withDefaults(written);
  const parsed = StackConfigSchema.safeParse(whole, { reportInput: true });
  const issues = parsed.error?.issues ?? [];
  const context: FaultContext = {
    schema: nodeOf(StackConfigSchema),
    mayShow: ([key]) => options.encrypted?.has(String(key)) !== true,
    otherKeys: options.otherKeys ?? [],
    profiled: written["profile"] !== undefined,
  };
  const faults = [
    ...issues.flatMap((issue) => faultsOf(issue, context)),
    ...ruleFaults(whole, new Set(issues.map(({ path }) => path[0]))),
  ];
  if (parsed.success && faults.length === 0) {
    const { profile: _filledIn, ...config } = parsed.data;
    return config;
  }
  throw new Error(
    `The stack's configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}; nothing was changed:\n${faults.map((fault) => `  ${fault}`).join("\n")}`,
  );
}

/** Each rule whose own keys are right, so that one mistake does not hide another. */
function ruleFaults(
  whole: Readonly<Record<string, unknown>>,
  faulty: ReadonlySet<PropertyKey | undefined>,
): readonly string[] {
  const config = Object.fromEntries(
    Object.entries(StackConfigSchema.shape).map(([key, schema]) => [
      key,
      schema.safeParse(whole[key]).data,
    ]),
  ) as unknown as StackConfig;
  return RULES.filter(({ needs }) => needs.every((key) => !faulty.has(key))).flatMap((rule) =>
    rule.faults(config).map(({ key, says }) => `${keyOf([key])}: ${says}`),
  );
}
