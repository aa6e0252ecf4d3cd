import type { V1Pod } from "@kubernetes/client-node";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { containerOf } from "../pods/pod-environment.ts";
import { PodServer } from "../pods/pod-server.ts";
import type { ProbeGround } from "../pods/probes.ts";
import { checkOf, type Check } from "./check.ts";

/** Duration of a request, and the time before the signal. */
const SLOW_SECONDS = 2;
const RUNS_MS = 700;
/** More than Puma takes to stop listening. */
const LISTENS_MS = 500;
/**
 * Time after which it is killed. Puma on Debian's Ruby 3.3 mostly ends at once. In one case of six
 * a worker blocks in `IO#close` until the 30 s of `worker_shutdown_timeout` are over (seen
 * 2026-11-28, puma 6.6.0 `lib/puma/server.rb:406`). Mastodon uses Ruby 4.0, so the check does not
 * judge the end.
 */
const PATIENCE_MS = 4_000;

/**
 * Sends SIGTERM to a live web pod's own program while it answers. The request must be answered and
 * new connections refused, so that the pod's `preStop` pause is necessary and sufficient.
 * @param host host name of the server.
 */
export async function checkWebStop(pod: V1Pod, host: string, ground: ProbeGround): Promise<Check> {
  const folder = join(ground.directory, pod.metadata?.uid ?? "", "stop");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const images = join(ground.directory, "images");
  const around = { ...ground, folder, images };
  const server = await PodServer.start(pod, containerOf(pod, "puma"), around);
  const status = async (path: string): Promise<number | undefined> => {
    const headers = { host, "x-forwarded-proto": "https" };
    const [answer] = await server.request([{ method: "GET", path, headers }]);
    return answer?.status;
  };
  const refused = async (path: string): Promise<number | undefined> =>
    await status(path).catch(() => undefined);
  const slow = refused(`/rehearsal/slow?seconds=${SLOW_SECONDS}`);
  await sleep(RUNS_MS);
  const stopped = server.stop(PATIENCE_MS);
  await sleep(LISTENS_MS);
  const late = await refused("/health");
  const answered = await slow;
  await stopped;
  return checkOf(
    "told to go, a live pod's Puma answers what it has begun, and lets nobody new in",
    [
      ...(answered === 200 ? [] : [`the request that ran was answered ${String(answered)}`]),
      ...(late === undefined ? [] : [`one that came later was answered ${late}`]),
    ],
    `a request of ${SLOW_SECONDS} s, told to go after ${RUNS_MS / 1000} s`,
  );
}
