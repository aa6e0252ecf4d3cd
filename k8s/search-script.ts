/**
 * Script of the search Job, in bash.
 *
 * `tootctl search deploy` fills every index again, which takes hours on a large server. It records
 * a changed structure before it fills the index, so nothing shows whether it was complete. So the
 * Job records its success in a document on the search server itself, which is deleted with the
 * indices. While the document exists, the Job has nothing to do: for a patch, or a changed setting.
 * A new minor version may have other indices (mastodon/mastodon, release notes), and fills them.
 */
export function searchScript({
  threads,
  generation,
}: {
  readonly threads: number;
  /** Mastodon's minor version that the indices are for: "4.6". */
  readonly generation: string;
}): string {
  // The password goes through a pipe, because every user of the machine can read a command line.
  return `set -euo pipefail
note="$ES_HOST:$ES_PORT/\${ES_PREFIX:+\${ES_PREFIX}_}stack-deployed/_doc/search"
ask() {
  { [ -z "\${ES_USER:-}" ] || printf 'user = "%s:%s"\\n' "$ES_USER" "$ES_PASS"; } |
    curl --config - --silent --show-error --max-time 60 "$@"
}
found=$(ask --output /tmp/note --write-out '%{http_code}' "$note")
case "$found" in
  200) if grep -q '"generation":"${generation}"' /tmp/note; then echo 'The indices are those of Mastodon ${generation}.'; exit 0; fi ;;
  404) ;;
  *) echo "The search server answers $found: $(head -c 500 /tmp/note)" >&2; exit 1 ;;
esac
bin/tootctl search deploy --concurrency ${threads}
ask --fail --output /dev/null --request PUT --header 'Content-Type: application/json' --data '{"generation":"${generation}"}' "$note"
`;
}
