import type { Alert } from "./alert.ts";

/**
 * The share of answers that may be errors of ours over a month, and how many times as fast it may
 * be used up: at 14 it is gone in two days, at 3 in ten (toot.community's numbers, and the two
 * windows of Google's "Site Reliability Workbook", chapter 5).
 */
const ERRORS_ALLOWED = 0.005;
const BURNS: readonly {
  readonly name: string;
  readonly severity: Alert["severity"];
  readonly windows: readonly (readonly [window: string, times: number])[];
  readonly for: string;
}[] = [
  {
    name: "MastodonErrors",
    severity: "page",
    windows: [
      ["5m", 14],
      ["1h", 14],
    ],
    for: "5m",
  },
  {
    name: "MastodonErrorsLinger",
    severity: "ticket",
    windows: [
      ["30m", 3],
      ["6h", 1],
    ],
    for: "15m",
  },
];

/**
 * The share of answers with a status of 500 or more, as the tunnel counts them. Not its
 * `request_errors`: a reader who closes a page in the middle is one of those.
 */
function errorsOver(window: string): string {
  const answers = (labels: string): string =>
    `sum(rate(cloudflared_tunnel_response_by_code${labels}[${window}]))`;
  return `${answers('{status_code=~"5.."}')} / ${answers("")}`;
}

/** Alerts about the answers that members and other servers get. */
export const ANSWER_ALERTS: readonly Alert[] = BURNS.map(
  ({ name, severity, windows, for: since }): Alert => ({
    name,
    severity,
    expr: windows
      .map(([window, times]) => `${errorsOver(window)} > ${ERRORS_ALLOWED * times}`)
      .join(" and "),
    for: since,
    summary: "{{ $value | humanizePercentage }} of all answers are errors of ours",
    runbook: "Errors",
  }),
);
