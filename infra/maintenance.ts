import type { StackConfig } from "../config/schema.ts";

/**
 * A maintenance window for databases. The API returns seconds, so this program sets them, too
 * (terraform-provider-digitalocean#1094).
 */
export function databaseWindow(
  day: StackConfig["maintenance"]["day"],
  hour: number,
): { day: string; hour: string } {
  return { day, hour: `${String(hour).padStart(2, "0")}:00:00` };
}
