/** One alert. */
export interface Alert {
  readonly name: string;
  /** `page`: members notice, get up. `ticket`: it will become that; this evening. */
  readonly severity: "page" | "ticket";
  readonly expr: string;
  /** So long it must have been so. */
  readonly for: string;
  /** The fault, in one line; `{{ … }}` is Prometheus'. */
  readonly summary: string;
  /** The heading of `docs/runbook.md` that says what to do. */
  readonly runbook: string;
}

/** Selector of the server's namespace, in kube-state-metrics' labels. */
export const OURS = 'namespace="mastodon"';

/**
 * A metric of prometheus_exporter: its prefix is whoever starts it's to choose (`ruby_` by itself,
 * `mastodon_` in Mastodon's own documentation, none in process).
 */
export function exported(name: string, labels = ""): string {
  return `{__name__=~"(ruby_|mastodon_)?${name}"${labels === "" ? "" : `,${labels}`}}`;
}
