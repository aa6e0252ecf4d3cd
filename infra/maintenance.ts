import type { DigitalOceanConfig } from "../config/digitalocean.ts";

/** A maintenance window as databases have it; the API answers with seconds, so we say them too (terraform-provider-digitalocean#1094). */
export function databaseWindow(
  day: DigitalOceanConfig["maintenance"]["day"],
  hour: number,
): { day: string; hour: string } {
  return { day, hour: `${String(hour).padStart(2, "0")}:00:00` };
}
