/** Cases of a rollout, as the API server would show it, each with the expected verdict. */

/** One observation of a Deployment, at a second of the step's clock. */
export interface Look {
  readonly at: number;
  readonly deployment: object;
  readonly replicaSets: readonly object[];
  readonly pods: readonly object[];
}

/** Consecutive observations, and the verdict of the last. */
export interface RolloutCase {
  readonly what: string;
  readonly looks: readonly Look[];
  readonly done: boolean;
  /** Kind of fault that ends the step. Default: none. */
  readonly fault?: string;
  /** Its message, if the case checks it. */
  readonly says?: string;
}

/** Wall time at which the step starts in every case. */
export const BEGAN_AT = "2026-11-28T12:00:00Z";

const LABELS = { "app.kubernetes.io/component": "web" };

function deployment(status: object, spec: object = {}): object {
  return {
    metadata: {
      name: "web",
      uid: "web",
      generation: 2,
      annotations: { "deployment.kubernetes.io/revision": "2" },
    },
    spec: { replicas: 2, selector: { matchLabels: LABELS }, ...spec },
    status: { observedGeneration: 2, ...status },
  };
}

function set(revision: number, conditions: readonly object[] = []): object {
  return {
    metadata: {
      uid: `set-${revision}`,
      ownerReferences: [{ kind: "Deployment", uid: "web" }],
      annotations: { "deployment.kubernetes.io/revision": String(revision) },
    },
    status: { conditions },
  };
}

const SETS = [set(1), set(2)];

interface PodParts {
  readonly name?: string;
  readonly revision?: number;
  readonly ready?: boolean;
  readonly leaving?: boolean;
  readonly phase?: string;
  readonly container?: object;
  readonly placed?: boolean;
}

function pod({
  name = "new",
  revision = 2,
  ready = false,
  leaving = false,
  phase = "Running",
  container = { state: { running: {} } },
  placed = true,
}: PodParts): object {
  return {
    metadata: {
      ...{ name, uid: name, labels: LABELS },
      ownerReferences: [{ kind: "ReplicaSet", uid: `set-${revision}` }],
      ...(leaving ? { deletionTimestamp: BEGAN_AT } : {}),
    },
    status: {
      phase,
      conditions: [
        { type: "PodScheduled", status: placed ? "True" : "False", reason: "Unschedulable" },
        { type: "Ready", status: ready ? "True" : "False", reason: "ContainersNotReady" },
      ],
      containerStatuses: placed ? [{ name: "puma", ready, ...container }] : [],
    },
  };
}

const waiting = (reason: string, lastState: object = {}): object => ({
  state: { waiting: { reason } },
  lastState,
});
const ended = (startedAt: string, finishedAt: string): object => ({
  state: { running: {} },
  lastState: { terminated: { reason: "Error", exitCode: 137, startedAt, finishedAt } },
});

const ALL = { updatedReplicas: 2, replicas: 2, availableReplicas: 2 };
const NEW = [pod({ name: "a", ready: true }), pod({ name: "b", ready: true })];

/** The same observation at each of these seconds. */
function seen(
  seconds: readonly number[],
  pods: readonly object[],
  more: { readonly deployment?: object; readonly sets?: readonly object[] } = {},
): readonly Look[] {
  return seconds.map((at) => ({
    at,
    deployment: more.deployment ?? deployment({ updatedReplicas: 1, replicas: 3 }),
    replicaSets: more.sets ?? SETS,
    pods,
  }));
}

const finished = deployment(ALL);
const stopped = deployment({}, { replicas: 0 });
const refused = [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate" }];
const late = deployment({
  conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
});
const broken = (reason: string): readonly object[] => [pod({ container: waiting(reason) })];

export const ROLLOUT_CASES: readonly RolloutCase[] = [
  { what: "all new", looks: seen([0], NEW, { deployment: finished }), done: true },
  {
    what: "a change that Kubernetes has not looked at, with the old status of a finished rollout",
    looks: seen([0], NEW, { deployment: deployment({ ...ALL, observedGeneration: 1 }) }),
    done: false,
    says: "Kubernetes has not looked at its change yet",
  },
  {
    what: "no ReplicaSet of the newest revision yet",
    looks: seen([0], [], { deployment: finished, sets: [set(1)] }),
    done: false,
  },
  {
    what: "all new, and an old pod that finishes its job",
    looks: seen([0], [...NEW, pod({ name: "old", revision: 1, leaving: true })], {
      deployment: finished,
    }),
    done: false,
    says: "2 of 2 new pods ready, 1 old pod left",
  },
  {
    what: "all new, and an old pod that has ended",
    looks: seen([0], [...NEW, pod({ name: "old", revision: 1, phase: "Failed" })], {
      deployment: finished,
    }),
    done: true,
  },
  {
    what: "a pod that somebody made by hand under the same labels",
    looks: seen([0], [...NEW, pod({ name: "hand", revision: 9, ready: true })], {
      deployment: finished,
    }),
    done: false,
  },
  {
    what: "all ready, one not for as long as it must",
    looks: seen([0], NEW, { deployment: deployment({ ...ALL, availableReplicas: 1 }) }),
    done: false,
    says: "2 of 2 new pods ready, not long enough yet",
  },
  { what: "stopped, empty", looks: seen([0], [], { deployment: stopped }), done: true },
  {
    what: "stopped, the pods of this very version on their way out",
    looks: seen([0], [pod({ leaving: true })], { deployment: stopped }),
    done: true,
  },
  {
    what: "stopped in an upgrade, an old pod on its way out",
    looks: seen([0], [pod({ revision: 1, leaving: true })], { deployment: stopped }),
    done: false,
    says: "stopped, 1 old pod left",
  },
  { what: "a pull that failed once", looks: seen([0, 19], broken("ErrImagePull")), done: false },
  {
    what: "an image that does not come",
    looks: [...seen([0], broken("ErrImagePull")), ...seen([20], broken("ImagePullBackOff"))],
    done: false,
    fault: "image",
  },
  {
    what: "a pull that failed, went well, and failed again",
    looks: [
      ...seen([0], broken("ErrImagePull")),
      ...seen([10], broken("ContainerCreating")),
      ...seen([20, 39], broken("ErrImagePull")),
    ],
    done: false,
  },
  {
    what: "a Secret that is not there",
    looks: seen([0, 20], broken("CreateContainerConfigError")),
    done: false,
    fault: "config",
  },
  {
    what: "a program that ends at once, again and again",
    looks: seen([0], broken("CrashLoopBackOff")),
    done: false,
    fault: "crash",
  },
  {
    what: "a program that a startup probe ended",
    looks: seen([0], [pod({ container: ended("2026-11-28T12:00:10Z", "2026-11-28T12:02:40Z") })]),
    done: false,
    fault: "restarted",
  },
  {
    what: "a restart of last week, and not ready at this moment",
    looks: seen(
      [0, 10],
      [pod({ container: ended("2026-11-20T12:00:10Z", "2026-11-20T12:02:40Z") })],
    ),
    done: false,
  },
  {
    what: "a restart since it began, and ready",
    looks: seen(
      [0],
      [pod({ ready: true, container: ended("2026-11-28T12:00:10Z", "2026-11-28T12:02:40Z") })],
    ),
    done: false,
  },
  {
    what: "pods that the cluster refuses",
    looks: seen([0, 20], [], { sets: [set(1), set(2, refused)] }),
    done: false,
    fault: "refused",
  },
  {
    what: "pods of the old version that the cluster refuses",
    looks: seen([0, 20], [], { sets: [set(1, refused), set(2)] }),
    done: false,
  },
  {
    what: "no room for four minutes",
    looks: seen([0, 299], [pod({ placed: false })]),
    done: false,
  },
  {
    what: "no room for five minutes",
    looks: seen([0, 300], [pod({ placed: false })]),
    done: false,
    fault: "room",
  },
  {
    what: "a volume that does not come, for a pod with init containers",
    looks: seen([0, 300], broken("PodInitializing")),
    done: false,
    fault: "creating",
  },
  {
    what: "files that are copied for four minutes before the program begins",
    looks: seen([0, 299], broken("PodInitializing")),
    done: false,
  },
  {
    what: "a pod that is ready for long",
    looks: seen([0, 600], [pod({ ready: true })]),
    done: false,
  },
  { what: "a slow boot", looks: seen([0, 239], [pod({})]), done: false },
  {
    what: "a pod that runs and never answers",
    looks: seen([0, 240], [pod({})]),
    done: false,
    fault: "unready",
  },
  {
    what: "three pods that their node ended",
    looks: seen(
      [0],
      ["a", "b", "c"].map((name) => pod({ name, phase: "Failed" })),
    ),
    done: false,
    fault: "evicted",
  },
  {
    what: "Kubernetes' own deadline",
    looks: seen([0, 60], [], { deployment: late }),
    done: false,
    fault: "progress",
  },
];
