import { PEER_PATIENCE_SECONDS, PIPES } from "../../domain/backup/pod-files.ts";

/**
 * Beginning of the scripts of `dump` and `store`, for `sh`. It enters the folder of the pipes, and
 * leaves a mark for the others if the script fails. `domain/backup/pod-files.ts` has the order.
 */
export function scriptHead(container: "dump" | "store"): string {
  return `set -eu
cd ${PIPES}
trap '[ $? = 0 ] || : >${container}.failed' EXIT
refuse() {
  echo "No dump: $*." >&2
  exit 1
}
wait_for() {
  began=$(date +%s)
  until [ -e "$1" ]; do
    for failed in *.failed; do
      [ ! -e "$failed" ] || refuse "the container \${failed%.failed} failed; its log says why"
    done
    [ $(($(date +%s) - began)) -lt ${PEER_PATIENCE_SECONDS} ] ||
      refuse "waited ${PEER_PATIENCE_SECONDS} s for $1, in vain"
    sleep 0.2
  done
}
`;
}
