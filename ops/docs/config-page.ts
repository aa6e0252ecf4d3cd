import { PROFILE_NAMES } from "../../config/keys/profile.ts";
import { PROFILES } from "../../config/profiles.ts";
import { StackConfigSchema } from "../../config/schema.ts";
import { allowedText, flow, nodeOf, type SchemaNode } from "../../config/describe.ts";
import { markdownTable } from "./markdown.ts";

/** Returns the reference of every configuration key, generated from the schema. */
export function configPage(): string {
  const root = nodeOf(StackConfigSchema);
  const rows = rowsOf(root, []);
  return `# Configuration

Every key of \`Pulumi.<stack>.yaml\`, made from \`config/schema.ts\` by \`npm run docs\`. Keys begin with
\`mastodon:\`; an unknown one is refused at any depth. A key with a default may be unset, and so may
one that a profile gives if \`mastodon:profile\` is set. Secrets: [docs/secrets.md](secrets.md).

An editor that knows JSON Schema checks the file while you type:
[stack.schema.json](stack.schema.json), named in the first line of \`Pulumi.prod.yaml\`.

${markdownTable(["key", "what it is", "allowed", "left out"], rows)}
## Profiles

The values that each profile sets; their sources are in \`config/profiles.ts\`. Tests hold that each
profile fits what it pays for, at maximum scale and during a rollout, and
\`npm run rehearse -- profiles\` places every pod.

${profileTable()}`;
}

function rowsOf(node: SchemaNode, path: readonly string[]): readonly (readonly string[])[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, inner]) => {
    const here = [...path, key];
    const below = inner.items?.properties === undefined ? inner : inner.items;
    const lower = below === inner ? here : [...path, `${key}[]`];
    const isGroup = below.properties !== undefined;
    return [
      [
        `\`${here.join(".")}\``,
        inner.description ?? "",
        isGroup && below === inner ? "" : allowedText(inner).replace(", without quotes", ""),
        leftOut(node, key, inner, here, isGroup),
      ],
      ...rowsOf(below, lower),
    ];
  });
}

function leftOut(
  parent: SchemaNode,
  key: string,
  node: SchemaNode,
  path: readonly string[],
  isGroup: boolean,
): string {
  if (isInProfile(path)) return "from the profile";
  if (node.default !== undefined && !isGroup) return `\`${flow(node.default)}\``;
  if (parent.required?.includes(key) === true && !isGroup) return "**required**";
  return "";
}

function isInProfile(path: readonly string[]): boolean {
  const [medium] = [PROFILES.medium.sizes as unknown];
  return (
    path.reduce<unknown>(
      (at, step) =>
        typeof at === "object" && at !== null && !Array.isArray(at)
          ? (at as Record<string, unknown>)[step]
          : undefined,
      medium,
    ) !== undefined
  );
}

function profileTable(): string {
  const columns = PROFILE_NAMES.map((name) => new Map(leaves(PROFILES[name].sizes, [])));
  const keys = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  return markdownTable(
    ["", ...PROFILE_NAMES],
    keys.map((key) => [`\`${key}\``, ...columns.map((column) => column.get(key) ?? "")]),
  );
}

/** Lists every value with its path; Sidekiq's groups on one line each. */
function leaves(value: unknown, path: readonly string[]): readonly (readonly [string, string])[] {
  if (Array.isArray(value))
    return [[path.join("."), value.map((group) => groupText(group as Group)).join("<br>")]];
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
  return [[path.join("."), String(value)]];
}

interface Group {
  readonly name: string;
  readonly queues: readonly string[];
  readonly replicas: number;
  readonly maxReplicas: number;
  readonly concurrency: number;
}

function groupText({ name, queues, replicas, maxReplicas, concurrency }: Group): string {
  const pods = replicas === maxReplicas ? `${replicas}` : `${replicas} to ${maxReplicas}`;
  return `${name}: ${pods} × ${concurrency} threads (${queues.join(", ")})`;
}
