import { secretRow } from "../../config/secret-keys/all.ts";
import type { Imported } from "./import.ts";

/**
 * The operator's report: the destination of each line, or the reason why it has none. It contains
 * no secret.
 */
export function reportOf(imported: Imported, dryRun: boolean): string {
  const { rows, config, secrets, missing, faults, notes } = imported;
  const left = rows.filter(({ carried }) => !carried);
  const verb = dryRun ? "Would be written" : "Written";
  return [
    ...(missing.length === 0
      ? []
      : [
          `Missing: ${missing.join(", ")}. Run this again with ${missing.length === 1 ? "it" : "them"}: a preview refuses the stack without.`,
        ]),
    `${verb} to the stack file: ${Object.keys(config).length} values and ${secrets.length} secrets, encrypted.`,
    ...Object.entries(config).map(([key, value]) => `  mastodon:${key}: ${String(value)}`),
    ...secrets.map((key) => `  mastodon:${key}: ${secretRow(key).what}`),
    "",
    `Carried over: ${rows.length - left.length} of ${rows.length} settings. Not carried over:`,
    ...left.map(({ line, name, says }) => `  line ${line}  ${name}: ${says}`),
    ...section("Look at these:", notes),
    ...section("A preview would still refuse:", faults),
    "",
    "Next: `npm run secrets -- init` makes what the old server had not (the tunnel's secret), then `pulumi preview`. docs/import.md has the whole way.",
  ].join("\n");
}

function section(title: string, sentences: readonly string[]): readonly string[] {
  return sentences.length === 0 ? [] : ["", title, ...sentences.map((each) => `  ${each}`)];
}
