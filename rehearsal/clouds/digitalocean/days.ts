const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/**
 * A reason to refuse what is no day of the week, in whatever case (Terraform's
 * `IsDayOfTheWeek(true)`).
 */
export function isDay(value: unknown): string | undefined {
  return DAYS.includes(String(value).toLowerCase())
    ? undefined
    : `${String(value)} is no day of the week`;
}
