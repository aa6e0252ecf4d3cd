/**
 * Whether a Sidekiq still lives, in bash: whether its heartbeat is in Redis. Nothing in Sidekiq
 * answers by HTTP, and that its process is there says nothing of one that hangs. But every ten
 * seconds a thread of it writes a hash under `<host name>:<pid>:<nonce>`, which Redis forgets after
 * sixty, and the name into the set `processes` (sidekiq `lib/sidekiq/launcher.rb`, `component.rb`).
 * A virtual machine that stands still, or connections that hang for good, end that.
 *
 * Only Redis' clear "no" counts. If Redis can't be reached, or says anything else, this says
 * nothing: to start every Sidekiq anew would not bring Redis back, and each refuses to start
 * without it.
 *
 * `openssl` is in the image (its `ca-certificates` needs it) and asks for hundredths of a second of
 * a processor; `sidekiqmon`, which asks the same, boots Ruby with all gems. The certificate is
 * checked before the password goes out, which stands on no command line. Pure.
 */

/** One round trip: is there a process of this pod's whose heartbeat Redis still knows? */
const QUESTION = [
  "for _, id in ipairs(redis.call('smembers', 'processes')) do",
  "if string.find(id, ARGV[1] .. ':', 1, true) == 1 and redis.call('exists', id) == 1 then return 1 end",
  "end",
  "return 0",
].join(" ");

/**
 * Seconds between two heartbeats, and after which Redis forgets one (sidekiq
 * `lib/sidekiq/launcher.rb`).
 */
const HEARTBEAT = { every: 10, expires: 60 } as const;

/**
 * Seconds that Sidekiq gives running jobs before it puts them back (sidekiq
 * `lib/sidekiq/config.rb`, timeout).
 */
const SHUTDOWN_SECONDS = 25;

/**
 * Interval of the probe, and its consequence for a clear "no". Three: after a failover that lost
 * what Redis held, the next heartbeat brings it back. A process that stands still can't use its
 * seconds to end by itself. One whose heartbeat alone hangs needs them, or its jobs are lost.
 */
export const LIVENESS = {
  periodSeconds: HEARTBEAT.every,
  timeoutSeconds: 15,
  failureThreshold: 3,
  terminationGracePeriodSeconds: SHUTDOWN_SECONDS + 5,
} as const;

/**
 * Seconds from the moment at which a Sidekiq stands still until it is started anew: the fewest, and
 * the most.
 */
export function standstillSeconds({
  periodSeconds,
  failureThreshold,
  terminationGracePeriodSeconds,
}: Readonly<Record<Exclude<keyof typeof LIVENESS, "timeoutSeconds">, number>> = LIVENESS) {
  const fromTheFirstNo = (failureThreshold - 1) * periodSeconds + terminationGracePeriodSeconds;
  return {
    // It stood still right before its next heartbeat, and was asked the moment that Redis forgot
    // it.
    fewest: HEARTBEAT.expires - HEARTBEAT.every + fromTheFirstNo,
    most: HEARTBEAT.expires + periodSeconds + fromTheFirstNo,
  } as const;
}

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
