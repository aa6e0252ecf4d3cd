import type { Client, LiveObject } from "./client.ts";
import {
  deploymentReadiness,
  hopeless,
  jobReadiness,
  namespaceReadiness,
  podWords,
  serviceReadiness,
  type Readiness,
} from "./conditions.ts";
import { kindKey, pathOf } from "./kinds.ts";
import type { ObjectRef } from "./object-ref.ts";

/** The real provider's default for each kind that it waits for (`provider/pkg/await`): ten minutes. */
const DEFAULT_TIMEOUT_SECONDS = 600;

type Look = (client: Client, ref: ObjectRef, live: LiveObject) => Promise<Readiness>;

/** The kinds that are waited for. What is not here is ready as soon as the server has it, as with the real provider. */
const LOOKS: Readonly<Record<string, Look>> = {
  "v1/Namespace": async (_client, _ref, live) => namespaceReadiness(live),
  "apps/v1/Deployment": async (client, ref, live) =>
    await unlessHopeless(client, ref, live, deploymentReadiness(live)),
  "batch/v1/Job": async (_client, _ref, live) => jobReadiness(live),
  "v1/Service": async (client, ref, live) =>
    await unlessHopeless(client, ref, live, serviceReadiness(live, await endpoints(client, ref))),
};

/** An object that is there, but not as asked, in the real provider's words (`provider/pkg/await/error.go`). */
export class NotReady extends Error {
  readonly live: LiveObject;
  /** One thing that is wrong each; the last lines of a program that failed among them. */
  readonly reasons: readonly string[];
  constructor(message: string, live: LiveObject, reasons: readonly string[]) {
    super(message);
    this.live = live;
    this.reasons = reasons;
  }
}

/**
 * Waits until an object is ready, as the real provider does. Answers it as it then is.
 * @throws NotReady with the pods' own words and the reason, as the real one gathers them: each once, in the order of their coming (`provider/pkg/await/job.go`).
 */
export async function untilReady(
  client: Client,
  ref: ObjectRef,
  live: LiveObject,
  timeoutSeconds: number | undefined,
): Promise<LiveObject> {
  const look = LOOKS[kindKey(ref.apiVersion, ref.kind)];
  if (look === undefined) return live;
  const watched =
    ref.kind === "Service"
      ? {
          path: `/apis/discovery.k8s.io/v1/namespaces/${ref.namespace}/endpointslices`,
          labelSelector: `kubernetes.io/service-name=${ref.name}`,
        }
      : { path: pathOf(ref), fieldSelector: `metadata.name=${ref.name}` };
  let last = live;
  const seconds = timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const readiness = await onChange(client, watched, seconds, async () => {
    const now = await client.get(ref);
    if (now === undefined) return { state: "failed", why: "it was deleted meanwhile" };
    last = now;
    return await look(client, ref, now);
  });
  if (readiness.state === "ready") return last;
  const what =
    readiness.state === "waiting"
      ? `'${ref.name}' timed out waiting to be Ready after ${seconds} s`
      : `Resource '${ref.name}' was created but failed to initialize`;
  const pods = await podsOf(client, ref, last);
  const words = pods.flatMap(
    (pod) => podWords(`${ref.namespace}/${pod.metadata?.name ?? ""}`, pod) ?? [],
  );
  throw new NotReady(what, last, [...new Set([...words, readiness.why])]);
}

/** Waits until an object is gone. @throws Error if it is still there after the time. */
export async function untilGone(
  client: Client,
  ref: ObjectRef,
  timeoutSeconds: number | undefined,
): Promise<void> {
  const seconds = timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const watched = { path: pathOf(ref), fieldSelector: `metadata.name=${ref.name}` };
  const gone = await onChange(client, watched, seconds, async () =>
    (await client.get(ref)) === undefined
      ? { state: "ready" }
      : { state: "waiting", why: "still there" },
  );
  if (gone.state !== "ready")
    throw new Error(
      `${ref.kind} ${ref.namespace}/${ref.name} is still there ${seconds} s after its deletion: a finalizer holds it (kubectl get -o yaml shows which).`,
    );
}

/** Looks at once and after each change, until it isn't waiting any more or the time is over. Watches; doesn't poll. */
async function onChange(
  client: Client,
  watched: {
    readonly path: string;
    readonly fieldSelector?: string;
    readonly labelSelector?: string;
  },
  timeoutSeconds: number,
  look: () => Promise<Readiness>,
): Promise<Readiness> {
  const { path, ...selector } = watched;
  const deadline = Date.now() + timeoutSeconds * 1_000;
  let wake = (): void => undefined;
  let woken = false;
  const changed = (): void => {
    woken = true;
    wake();
  };
  let stop = await client.watch(path, selector, changed);
  try {
    for (;;) {
      woken = false;
      const readiness = await look();
      const left = deadline - Date.now();
      if (readiness.state !== "waiting" || left <= 0) return readiness;
      if (woken) continue;
      // A server may end a watch in silence: look again now and then all the same.
      const pause = Math.min(left, 5_000);
      const slept = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(true), pause);
        wake = () => {
          clearTimeout(timer);
          resolve(false);
        };
      });
      if (slept) {
        stop();
        stop = await client.watch(path, selector, changed);
      }
    }
  } finally {
    stop();
  }
}

async function endpoints(client: Client, ref: ObjectRef): Promise<number> {
  const slices = (await client.list(
    `/apis/discovery.k8s.io/v1/namespaces/${ref.namespace}/endpointslices`,
    `kubernetes.io/service-name=${ref.name}`,
  )) as readonly (LiveObject & {
    readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
  })[];
  return slices
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready === true).length;
}

async function unlessHopeless(
  client: Client,
  ref: ObjectRef,
  live: LiveObject,
  readiness: Readiness,
): Promise<Readiness> {
  if (readiness.state !== "waiting") return readiness;
  return hopeless(await podsOf(client, ref, live)) ?? readiness;
}

/** The pods that a workload's or Service's selector finds. */
async function podsOf(
  client: Client,
  ref: ObjectRef,
  live: LiveObject,
): Promise<readonly LiveObject[]> {
  const selector = (live.spec?.["selector"] ?? {}) as Readonly<Record<string, unknown>>;
  // A Service's selector is the labels themselves.
  const chosen = ref.kind === "Service" ? selector : (selector["matchLabels"] ?? {});
  const labels = Object.entries(chosen).map(([key, value]) => `${key}=${String(value)}`);
  if (labels.length === 0) return [];
  return await client.list(`/api/v1/namespaces/${ref.namespace}/pods`, labels.join(","));
}
