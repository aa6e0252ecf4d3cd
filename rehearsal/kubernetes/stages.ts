import { stringify } from "yaml";

/**
 * Images whose Pods are not simulated: a process runner starts their real programs and writes their
 * status. kwok must ignore such a Pod, or a Job would be complete before its program has run.
 * Regular expressions for jq's `test`.
 *
 * The runner sets the phase `Running` before it starts a program. After a deletion it stops the
 * program. Then it writes the end (`Succeeded`, `Failed`), or deletes the Pod without a grace
 * period. kwok removes a Pod that is being deleted and doesn't run.
 */
export const RUNNER_IMAGES: readonly string[] = ["(^|/)postgres:", "(^|/)nginx-unprivileged:"];

/**
 * Components that a process runner runs with any image, by their label in the stack. They are the
 * steps of a release, and streaming, whose startup decides whether a rollout continues. A fake of
 * the backup, the restore or the copy of media would end well without a byte moved.
 */
export const RUNNER_COMPONENTS: readonly string[] = [
  "preflight",
  "restore-canary",
  "migrate-pre-deployment",
  "rollout-assets",
  "rollout",
  "migrate-post-deployment",
  "streaming",
  "backup",
  "media-copy",
  "restore",
];

/** An image that no registry has: its pod waits as for an image that can't be pulled. */
export const MISSING_IMAGE = "registry.example.net/gone:1.0.0";

/** A pod with this annotation ends whenever it starts; the annotation's value is its output. */
export const CRASHING_ANNOTATION = "rehearsal.example.net/crashes";

/**
 * Time from scheduled to Ready, and for a Job's Pod from Ready to done, milliseconds. Real times
 * are on the timeline; zero would hide races that real clusters have.
 */
const READY_MS = 50;
const COMPLETE_MS = 100;

/**
 * Interval of a node's status reports, milliseconds; kwok renews its Lease far more often. The
 * kubelet's default: five minutes.
 */
const HEARTBEAT_MS = 300_000;

/**
 * One row of a stage's selector in kwok: a jq expression over the object and its required values.
 */
interface Requirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[];
}

const jq = (key: string, operator: Requirement["operator"], ...values: string[]) => ({
  jq: { key, operator, ...(values.length > 0 && { values }) },
});

/**
 * Images of all kinds of a Pod's containers that the process runner runs, and its component if the
 * runner runs that.
 */
function runnerKey(images: readonly string[]): string {
  const test = images.map((image) => `test(${JSON.stringify(image)})`).join(" or ");
  const components = RUNNER_COMPONENTS.map((one) => `. == ${JSON.stringify(one)}`).join(" or ");
  // No step may fail: kwok treats a failed expression as one without a result, and would simulate
  // the Pod.
  return `((.spec.containers + (.spec.initContainers // []))[] | .image // "" | select(${test})), (.metadata.labels["app.kubernetes.io/component"] // "" | select(${components}))`;
}

/** No step of these may fail: see `runnerKey`. */
const MISSING = `.spec.containers[].image // "" | select(. == ${JSON.stringify(MISSING_IMAGE)})`;
const CRASHES = `(.metadata.annotations // {})[${JSON.stringify(CRASHING_ANNOTATION)}]`;

const ALIVE = jq(".metadata.deletionTimestamp", "DoesNotExist");
const READY_CONDITION = '.status.conditions[]? | select(.type == "Ready") | .status';

/** Conditions of a healthy node. The time of each change is kept if it is known. */
const nodeConditions = (changed: string) => `{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
${changed}{{ end }}
`;

const NODE_HEARTBEAT = nodeConditions("");

/** A node's first status. Capacity, allocatable and nodeInfo of the Node object stay. */
const NODE_READY = `${nodeConditions("  lastTransitionTime: {{ $now | Quote }}\n")}
addresses:
- type: InternalIP
  address: {{ NodeIP | Quote }}
- type: Hostname
  address: {{ .metadata.name | Quote }}
daemonEndpoints:
  kubeletEndpoint:
    Port: {{ NodePort }}
phase: Running
`;

/**
 * Status of a Pod in which each container runs and each init container is done (or, as a sidecar,
 * runs).
 */
const POD_READY = `{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
conditions:
{{ range $type := list "PodReadyToStartContainers" "Initialized" "ContainersReady" "Ready" }}
- type: {{ $type }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
{{ range .spec.readinessGates }}
- type: {{ .conditionType | Quote }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
{{ if .spec.initContainers }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  restartCount: 0
  {{ if eq (or .restartPolicy "") "Always" }}
  started: true
  state: { running: { startedAt: {{ $now | Quote }} } }
  {{ else }}
  started: false
  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }
  {{ end }}
{{ end }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  started: true
  restartCount: 0
  state: { running: { startedAt: {{ $now | Quote }} } }
{{ end }}
{{ with NodeIPsWith .spec.nodeName }}
hostIP: {{ index . 0 | Quote }}
hostIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
{{ with PodIPsWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
podIP: {{ index . 0 | Quote }}
podIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
`;

/** Status of a Pod whose containers are in this state. */
const podWaits = (phase: string, state: string) => `{{ $now := Now }}
phase: ${phase}
startTime: {{ $now | Quote }}
conditions:
- { type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }} }
- { type: Ready, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }} }
containerStatuses:
{{ $annotations := .metadata.annotations }}
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: false
${state}
{{ end }}
`;

const IMAGE_MISSING = podWaits(
  "Pending",
  `  restartCount: 0
  state: { waiting: { reason: ImagePullBackOff, message: {{ printf "Back-off pulling image %q: not found" .image | Quote }} } }`,
);

const CRASHING = podWaits(
  "Running",
  `  restartCount: 1
  state: { waiting: { reason: CrashLoopBackOff, message: "back-off 10s restarting failed container" } }
  lastState: { terminated: { exitCode: 1, reason: Error, message: {{ index $annotations "${CRASHING_ANNOTATION}" | Quote }}, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }`,
);

/** Status of a Job's Pod whose containers all ended with exit status 0. */
const POD_COMPLETE = `{{ $now := Now }}
phase: Succeeded
conditions:
{{ range $type := list "ContainersReady" "Ready" }}
- type: {{ $type }}
  status: "False"
  reason: PodCompleted
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
containerStatuses:
{{ range .status.containerStatuses }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ .state.running.startedAt | Quote }}, finishedAt: {{ $now | Quote }} } }
{{ end }}
`;

/**
 * kwok's behavior in place of kubelets, as the YAML of its `Stage` objects
 * (https://kwok.sigs.k8s.io/docs/user/stages-configuration/). Nodes turn Ready and stay so. A
 * scheduled Pod turns Ready, and a Job's Pod then completes. A Pod that is being deleted is
 * removed.
 *
 * Two kinds of Pods are ignored. One has a container that waits with a reason (such as
 * `ImagePullBackOff`, written by a drill). The other has an image of `runnerImages`, for as long as
 * it runs: the runner stops its program before the Pod is removed.
 */
export function stagesYaml(runnerImages: readonly string[] = RUNNER_IMAGES): string {
  const notRunners = runnerImages.length > 0 ? [jq(runnerKey(runnerImages), "DoesNotExist")] : [];
  const status = (template: string) => [
    { patch: { subresource: "status", root: "status", template } },
  ];
  const stages = [
    stage("node-ready", "Node", [jq(READY_CONDITION, "NotIn", "True")], 0, status(NODE_READY)),
    stage(
      "node-heartbeat",
      "Node",
      [jq(READY_CONDITION, "In", "True")],
      HEARTBEAT_MS,
      status(NODE_HEARTBEAT),
    ),
    stage(
      "pod-ready",
      "Pod",
      [
        ALIVE,
        jq(".status.phase", "In", "Pending"),
        jq(READY_CONDITION, "NotIn", "True"),
        jq(".status.containerStatuses[]?.state.waiting.reason", "DoesNotExist"),
        jq(MISSING, "DoesNotExist"),
        jq(CRASHES, "DoesNotExist"),
        ...notRunners,
      ],
      READY_MS,
      status(POD_READY),
    ),
    ...[
      { name: "pod-image-missing", broken: MISSING, template: IMAGE_MISSING },
      { name: "pod-crashing", broken: CRASHES, template: CRASHING },
    ].map(({ name, broken, template }) =>
      stage(
        name,
        "Pod",
        [
          ALIVE,
          jq(".status.phase", "In", "Pending"),
          jq(".status.containerStatuses[]?.state.waiting.reason", "DoesNotExist"),
          jq(broken, "Exists"),
        ],
        READY_MS,
        status(template),
      ),
    ),
    stage(
      "pod-complete",
      "Pod",
      [
        ALIVE,
        jq(".status.phase", "In", "Running"),
        jq(".metadata.ownerReferences[]?.kind", "In", "Job"),
        jq(READY_CONDITION, "In", "True"),
        ...notRunners,
      ],
      COMPLETE_MS,
      status(POD_COMPLETE),
    ),
    stage("pod-delete", "Pod", [jq(".metadata.deletionTimestamp", "Exists"), ...notRunners], 0, [
      { delete: true },
    ]),
    ...(runnerImages.length > 0
      ? [
          stage(
            "pod-delete-of-runner",
            "Pod",
            [
              jq(".metadata.deletionTimestamp", "Exists"),
              jq(".status.phase", "NotIn", "Running"),
              jq(runnerKey(runnerImages), "Exists"),
            ],
            0,
            [{ delete: true }],
          ),
        ]
      : []),
  ];
  return stages.map((each) => stringify(each, { lineWidth: 0 })).join("---\n");
}

function stage(
  name: string,
  kind: "Node" | "Pod",
  matchExpressions: readonly object[],
  delayMs: number,
  steps: readonly object[],
) {
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: "v1", kind },
      selector: { matchExpressions },
      ...(delayMs > 0 && { delay: { durationMilliseconds: delayMs } }),
      steps,
    },
  };
}
