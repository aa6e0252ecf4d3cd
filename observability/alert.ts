/** One alert. */
export interface Alert {
  readonly name: string;
  /** `page`: members notice, act now. `ticket`: it will become that; act this evening. */
  readonly severity: "page" | "ticket";
  readonly expr: string;
  /** Time for which `expr` must be true before the alert fires (a Prometheus duration). */
  readonly for: string;
  /** The fault, in one line; `{{ … }}` is a template of Prometheus'. */
  readonly summary: string;
  /** Heading of `docs/runbook.md` with the remedy. */
  readonly runbook: string;
}

/** Selector of the server's namespace, in kube-state-metrics' labels. */
export const OURS = 'namespace="mastodon"';

/**
 * A metric of prometheus_exporter. The operator of the exporter chooses its prefix: `ruby_` by
 * default, `mastodon_` in Mastodon's own documentation, none in process.
 */
export function exported(name: string, labels = ""): string {
  return `{__name__=~"(ruby_|mastodon_)?${name}"${labels === "" ? "" : `,${labels}`}}`;
}
