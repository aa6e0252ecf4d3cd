/**
 * Whether a Sidekiq still lives, in bash: whether its heartbeat is in Redis. Nothing in Sidekiq answers by HTTP, and that its process is there says nothing of
 * one that hangs. But every ten seconds a thread of it writes a hash under `<host name>:<pid>:<nonce>`, which Redis forgets after sixty, and the name into the
 * set `processes` (sidekiq `lib/sidekiq/launcher.rb`, `component.rb`). A virtual machine that stands still, or connections that hang for good, end that.
 *
 * Only Redis' clear "no" counts. If Redis can't be reached, or says anything else, this says nothing: to start every Sidekiq anew would not bring Redis back, and
 * each refuses to start without it.
 *
 * `openssl` is in the image (its `ca-certificates` needs it) and asks for hundredths of a second of a processor; `sidekiqmon`, which asks the same, boots Ruby with all gems. The
 * certificate is checked before the password goes out, which stands on no command line. Pure.
 */

/** One round trip: is there a process of this pod's whose heartbeat Redis still knows? */
const QUESTION = [
  "for _, id in ipairs(redis.call('smembers', 'processes')) do",
  "if string.find(id, ARGV[1] .. ':', 1, true) == 1 and redis.call('exists', id) == 1 then return 1 end",
  "end",
  "return 0",
].join(" ");

/** Ends with 1 where Redis knows of no heartbeat of this pod, with 0 otherwise. */
export const LIVENESS_SCRIPT = `url=\${SIDEKIQ_REDIS_URL:-$REDIS_URL}
url=\${url#rediss://}
login=\${url%@*}
place=\${url##*@}
place=\${place%%/*}
answer=$(
  printf 'AUTH %s %s\\r\\nEVAL "%s" 0 %s\\r\\nQUIT\\r\\n' "\${login%%:*}" "\${login#*:}" "${QUESTION}" "$HOSTNAME" |
    timeout 10 openssl s_client -quiet -verify_quiet -verify_return_error -verify_hostname "\${place%:*}" -connect "$place" 2>/dev/null
)
case $answer in *$'\\n':0*) echo "Redis knows of no heartbeat of $HOSTNAME" >&2 && exit 1 ;; esac
exit 0
`;
