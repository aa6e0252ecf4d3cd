import { readFileSync } from "node:fs";
import { parse } from "yaml";

const PREFIX = "mastodon:";

/** The committed configuration of production, by key without its namespace; secrets are not in it. */
export function readStackFile(): Record<string, unknown> {
  const file = new URL("../../Pulumi.prod.yaml", import.meta.url);
  const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key, value]) => key.startsWith(PREFIX) && !isEncrypted(value))
      .map(([key, value]) => [key.slice(PREFIX.length), value]),
  );
}

/** What `pulumi config set --secret` leaves in the file. */
function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}
