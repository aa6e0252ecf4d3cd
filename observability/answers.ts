import type { Alert } from "./alert.ts";

/**
 * Allowed share of the server's own errors over a month, and factors of its use. At 14 times it is
 * used up in two days, at 3 times in ten. The numbers are toot.community's, the two windows those
 * of Google's "Site Reliability Workbook", chapter 5.
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
 * Share of answers with a status of 500 or more, as the tunnel counts them. Not its
 * `request_errors`, which include visitors who close a page while it loads.
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
