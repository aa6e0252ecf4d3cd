const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/**
 * Refuses a text that is no day of the week; case does not matter (Terraform's
 * `IsDayOfTheWeek(true)`).
 */
export function isDay(value: unknown): string | undefined {
  return DAYS.includes(String(value).toLowerCase())
    ? undefined
    : `${String(value)} is no day of the week`;
}
