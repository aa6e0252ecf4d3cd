import { stringify } from "yaml";
import type { StackConfig } from "../../config/schema.ts";
import { readConfig, textsOf } from "../../input/stack-text.ts";

/** Keys of the stack file for values that can be changed by hand at a cloud or in the cluster. */

/** A change of the stack file that makes the program agree with a value. */
export interface Adoption {
  /** Lines of the stack file, below `config:`. */
  readonly lines: string;
  /** Command that writes the same; missing for a group of Sidekiq, because a list stands whole. */
  readonly command?: string;
  /** The program's own words if it refuses these lines, for example because a pool is too small. */
  readonly refused?: string;
}

/** The stack file's values by key, without its namespace, and the configuration that they make. */
export interface Configured {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly config: StackConfig;
}

interface KeyRow {
  /** Logical name of the resource. */
  readonly name: RegExp;
  /** Last part of its type. */
  readonly kind: string;
  /** Path of the property, as the report writes it. */
  readonly path: string;
  /** Block of the stack file. */
  readonly block: string;
  readonly key: string;
}

/** Path of the key inside of its block, by the resource and the property that it sets. */
const KEYS: readonly KeyRow[] = [
  row("Deployment", /^web$/u, "spec.replicas", "web", "replicas"),
  row("HorizontalPodAutoscaler", /^web-autoscaler$/u, "spec.minReplicas", "web", "replicas"),
  row("HorizontalPodAutoscaler", /^web-autoscaler$/u, "spec.maxReplicas", "web", "maxReplicas"),
  row("Deployment", /^streaming$/u, "spec.replicas", "streaming", "replicas"),
  row("DatabaseCluster", /^postgres-(?:\d+-)?cluster$/u, "size", "postgres", "size"),
  row("DatabaseCluster", /^postgres-(?:\d+-)?cluster$/u, "nodeCount", "postgres", "nodes"),
  row("DatabaseConnectionPool", /^postgres-(?:\d+-)?pool$/u, "size", "postgres", "poolConnections"),
  row("DatabaseCluster", /^valkey-cluster$/u, "size", "valkey", "size"),
  row("DatabaseCluster", /^valkey-cluster$/u, "nodeCount", "valkey", "nodes"),
];

function row(kind: string, name: RegExp, path: string, block: string, key: string): KeyRow {
  return { kind, name, path, block, key };
}

/** Properties of a Sidekiq group's Deployment or autoscaler, by kind and path. */
const GROUP_KEYS: Readonly<Record<string, "replicas" | "maxReplicas">> = {
  "Deployment spec.replicas": "replicas",
  "HorizontalPodAutoscaler spec.minReplicas": "replicas",
  "HorizontalPodAutoscaler spec.maxReplicas": "maxReplicas",
};

/**
 * The change of the stack file for one property of a resource; undefined if no key sets it.
 * @param value the value that runs.
 */
export function adoptionOf(
  resource: { readonly kind: string; readonly name: string },
  path: string,
  value: unknown,
  { raw, config }: Configured,
): Adoption | undefined {
  // A cloud's text goes into a command line.
  if (typeof value !== "number" && !(typeof value === "string" && /^[\w.-]+$/u.test(value)))
    return undefined;
  const { kind, name } = resource;
  const found = KEYS.find(
    (each) => each.kind === kind && each.path === path && each.name.test(name),
  );
  if (found !== undefined) {
    const { block, key } = found;
    const inner = typeof raw[block] === "object" ? raw[block] : {};
    return {
      lines: stringify({ [`mastodon:${block}`]: { [key]: value } }).trimEnd(),
      command: `pulumi config set --path mastodon:${block}.${key} ${value}`,
      ...refusalOf({ ...raw, [block]: { ...inner, [key]: value } }),
    };
  }
  const [, group] = /^sidekiq-(.+?)(?:-autoscaler)?$/u.exec(name) ?? [];
  const key = GROUP_KEYS[`${kind} ${path}`];
  if (key === undefined || !config.sidekiq.some((each) => each.name === group)) return undefined;
  const sidekiq = config.sidekiq.map((each) =>
    each.name === group ? { ...each, [key]: value } : each,
  );
  const lines = stringify({ "mastodon:sidekiq": sidekiq }).trimEnd();
  return { lines, ...refusalOf({ ...raw, sidekiq }) };
}

/** The program's refusal of a configuration; empty if it accepts it. */
function refusalOf(raw: Readonly<Record<string, unknown>>): Pick<Adoption, "refused"> {
  try {
    readConfig({ texts: textsOf(raw), isEncrypted: () => false });
    return {};
  } catch (error) {
    return { refused: (error instanceof Error ? error.message : String(error)).trim() };
  }
}
