import { markdownTable } from "../../ops/docs/markdown.ts";
import type { Plan } from "../../plan/plan-stack.ts";

/** Components whose file has another name. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "mastodon:cdn:R2Media": "cdn/media.ts",
  "mastodon:k8s:Backup": "k8s/backup/backup.ts",
  "mastodon:k8s:BackupGrants": "k8s/backup/grants.ts",
  "mastodon:k8s:Environment": "k8s/environment/environment.ts",
  "mastodon:k8s:Migration": "k8s/migrations.ts",
  "mastodon:k8s:Restore": "k8s/restore/restore.ts",
  "mastodon:k8s:RestoreCanary": "k8s/restore/canary.ts",
};

/** A Markdown table of every component of some plans: type, file, number of resources. */
export function componentFiles(plans: readonly Plan[]): string {
  const made = new Map<string, Set<string>>();
  for (const { resources } of plans) {
    const types = new Map(resources.map(({ urn, type }) => [urn, type]));
    for (const { type, parent, custom } of resources) {
      const owner = custom ? types.get(parent) : type;
      if (owner?.startsWith("mastodon:") !== true) continue;
      const inside = made.get(owner) ?? new Set();
      made.set(owner, custom ? inside.add(type.split(":").at(-1) ?? type) : inside);
    }
  }
  const rows = [...made]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([type, inside]) => [
      `\`${type}\``,
      `[${fileOf(type)}](../${fileOf(type)})`,
      [...inside].sort().join(", "),
    ]);
  return markdownTable(["component", "file", "resources"], rows);
}

/** `mastodon:k8s:StreamingGrants` → `k8s/streaming-grants.ts`. */
function fileOf(type: string): string {
  const [, layer = "", name = ""] = type.split(":");
  const file = name.replaceAll(/(?<=[a-z])[A-Z]/gu, (letter) => `-${letter}`).toLowerCase();
  return ELSEWHERE[type] ?? `${layer}/${file}.ts`;
}
