/**
 * Liveness check of a Sidekiq, in bash: it looks for the heartbeat in Redis. Sidekiq has no HTTP
 * endpoint, and an existing process may hang. Every ten seconds a thread writes a hash under `<host
 * name>:<pid>:<nonce>`, which Redis deletes after sixty, and the name into the set `processes`
 * (sidekiq `lib/sidekiq/launcher.rb`, `component.rb`). A paused virtual machine, or connections
 * that hang, end that.
 *
 * Only a clear "no" from Redis counts. If Redis can't be reached, or gives another answer, the
 * check succeeds. Restarting every Sidekiq would not bring Redis back, and none starts without it.
 *
 * `openssl` is in the image (its `ca-certificates` needs it) and needs hundredths of a CPU second.
 * `sidekiqmon`, which makes the same check, starts Ruby with all gems. The certificate is verified
 * before the password is sent, and no command line contains it.
 */

/** One round trip: does Redis have the heartbeat of a process of this pod? */
const QUESTION = [
  "for _, id in ipairs(redis.call('smembers', 'processes')) do",
  "if string.find(id, ARGV[1] .. ':', 1, true) == 1 and redis.call('exists', id) == 1 then return 1 end",
  "end",
  "return 0",
].join(" ");

/**
 * Seconds between two heartbeats, and the seconds after which Redis deletes one (sidekiq
 * `lib/sidekiq/launcher.rb`).
 */
const HEARTBEAT = { every: 10, expires: 60 } as const;

/**
 * Seconds that Sidekiq gives running jobs before it puts them back (sidekiq
 * `lib/sidekiq/config.rb`, timeout).
 */
const SHUTDOWN_SECONDS = 25;

/**
 * Interval of the probe, and the number of clear "no" answers before a restart. Three: after a
 * failover that lost Redis' data, the next heartbeat restores it. A paused process can't use its
 * grace period. One whose heartbeat alone hangs needs it, or its jobs are lost.
 */
export const LIVENESS = {
  periodSeconds: HEARTBEAT.every,
  timeoutSeconds: 15,
  failureThreshold: 3,
  terminationGracePeriodSeconds: SHUTDOWN_SECONDS + 5,
} as const;

/** Seconds from the moment at which a Sidekiq hangs until its restart: minimum and maximum. */
export function standstillSeconds({
  periodSeconds,
  failureThreshold,
  terminationGracePeriodSeconds,
}: Readonly<Record<Exclude<keyof typeof LIVENESS, "timeoutSeconds">, number>> = LIVENESS) {
  const fromTheFirstNo = (failureThreshold - 1) * periodSeconds + terminationGracePeriodSeconds;
  return {
    // It hung right before its next heartbeat, and the probe ran when Redis deleted it.
    fewest: HEARTBEAT.expires - HEARTBEAT.every + fromTheFirstNo,
    most: HEARTBEAT.expires + periodSeconds + fromTheFirstNo,
  } as const;
}

/** Exits with 1 if Redis has no heartbeat of this pod, otherwise with 0. */
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
