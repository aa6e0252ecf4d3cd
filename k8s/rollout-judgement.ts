/**
 * Judges the state of a Deployment, in Ruby. It reads the fields of the Deployment, its ReplicaSets
 * and its pods, never English text. It is the part of the step's script (`k8s/rollout-script.ts`)
 * that sends no request, so the rehearsal can run it on a table of cases.
 */

/**
 * Longest start that a startup probe of this stack allows (streaming's), plus a margin, seconds.
 */
const UNREADY_SECONDS = 240;

/**
 * Seconds that a fault must last before the step ends. The operator reads the message and runs `up`
 * again, so the wait covers faults that fix themselves. The kubelet retries an image after 10 s and
 * 20 s (https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff). A new node of a
 * growing pool takes minutes, and so does an image from a slow registry.
 */
const PATIENCE = {
  image: 20,
  config: 20,
  crash: 0,
  restarted: 0,
  refused: 20,
  evicted: 0,
  room: 300,
  creating: 300,
  unready: UNREADY_SECONDS,
  progress: 60,
} as const;

/** A kind of fault. The script has a remedy for each. */
export type RolloutFault = keyof typeof PATIENCE;

/**
 * `judge` returns `done`, a line of progress (`says`), and `fault` if one has lasted long enough.
 * `memory` stores since when each fault lasts. Times are seconds of one clock, `since` a wall time.
 * Reasons of waiting containers: kubernetes/kubernetes `pkg/kubelet/images/types.go`,
 * `pkg/kubelet/container/sync_result.go`, `pkg/kubelet/kuberuntime/kuberuntime_container.go`. A pod
 * with init containers and a missing volume has `PodInitializing`, not `ContainerCreating`
 * (`pkg/kubelet/kubelet_pods.go`; seen on real nodes).
 */
export const ROLLOUT_JUDGEMENT = `PATIENCE = {
${Object.entries(PATIENCE)
  .map(([fault, seconds]) => `  "${fault}" => ${seconds}`)
  .join(",\n")}
}.freeze
REVISION = "deployment.kubernetes.io/revision"
WAITING = {
  "image" => %w[ErrImagePull ImagePullBackOff InvalidImageName ErrImageNeverPull
                ImageInspectError RegistryUnavailable SignatureValidationFailed],
  "config" => %w[CreateContainerConfigError CreateContainerError RunContainerError
                 PreCreateHookError PreStartHookError PostStartHookError],
  "crash" => %w[CrashLoopBackOff],
  "creating" => %w[ContainerCreating PodInitializing]
}.flat_map { |fault, reasons| reasons.map { |reason| [reason, fault] } }.to_h.freeze

def uid(object) = object.dig("metadata", "uid")
def name(object) = object.dig("metadata", "name")
def revision(object) = object.dig("metadata", "annotations", REVISION)

def owned_by?(object, owner)
  (object.dig("metadata", "ownerReferences") || []).any? { |one| one["uid"] == uid(owner) }
end

def condition(object, type)
  (object.dig("status", "conditions") || []).find { |one| one["type"] == type }
end

def is?(object, type) = condition(object, type)&.fetch("status", nil) == "True"
def ended?(pod) = %w[Succeeded Failed].include?(pod.dig("status", "phase"))
def leaving?(pod) = !pod.dig("metadata", "deletionTimestamp").nil?

def statuses(pod)
  status = pod["status"] || {}
  (status["initContainerStatuses"] || []) + (status["containerStatuses"] || [])
end

# Of pods that run Deployment's template as it is now, and of all others.
def pods_of(deployment, current, pods)
  labels = deployment.dig("spec", "selector", "matchLabels")
  all = pods.select { |pod| labels.all? { |key, value| pod.dig("metadata", "labels", key) == value } }
  new, old = all.partition { |pod| owned_by?(pod, current) }
  [new, old.reject { |pod| ended?(pod) }]
end

# Whether a container was ended since this step began, after a life of which a start is a part.
def cut?(ended, since)
  from, to = ended&.values_at("startedAt", "finishedAt")
  return false if from.nil? || to.nil?

  Time.parse(to) >= since && Time.parse(to) - Time.parse(from) >= 45
end

# A fault of one container.
def container_fault(pod, one, since)
  waiting = one.dig("state", "waiting")
  ended = one.dig("lastState", "terminated")
  fault = WAITING[waiting["reason"]] if waiting
  fault ||= "restarted" if !one["ready"] && cut?(ended, since)
  return if fault.nil?

  said = ended && ended["message"].to_s.strip
  ending = ended && "#{ended["reason"]}, exit code #{ended["exitCode"]}"
  {
    fault: fault, pod: pod, container: one["name"], image: one["image"],
    reason: waiting ? waiting["reason"] : ended["reason"],
    message: waiting && waiting["message"], ended: ending, said: said
  }
end

def pod_faults(pod, since)
  return [] if is?(pod, "Ready") || leaving?(pod) || ended?(pod)

  placed = condition(pod, "PodScheduled")
  if placed && placed["status"] == "False"
    return [{ fault: "room", pod: pod, reason: placed["reason"], message: placed["message"] }]
  end
  found = statuses(pod).filter_map { |one| container_fault(pod, one, since) }
  running = (pod.dig("status", "containerStatuses") || []).all? { |one| one.dig("state", "running") }
  if found.empty? && running && !(pod.dig("status", "containerStatuses") || []).empty?
    ready = condition(pod, "Ready") || {}
    found << { fault: "unready", pod: pod, reason: ready["reason"], message: ready["message"] }
  end
  found
end

def faults_of(deployment, current, new, since)
  refused = condition(current, "ReplicaFailure")
  progress = condition(deployment, "Progressing")
  failed = new.select { |pod| pod.dig("status", "phase") == "Failed" }
  [
    *(if refused && refused["status"] == "True"
        [{ fault: "refused", reason: refused["reason"], message: refused["message"] }]
      end),
    *new.flat_map { |pod| pod_faults(pod, since) },
    *(if failed.length >= 3
        status = failed.last["status"]
        [{ fault: "evicted", pod: failed.last, reason: status["reason"], message: status["message"] }]
      end),
    *(if progress && progress["reason"] == "ProgressDeadlineExceeded"
        [{ fault: "progress", reason: progress["reason"], message: progress["message"] }]
      end)
  ]
end

# Which of them has stood for as long as it may. Forgets those that are over.
def standing(deployment, faults, memory, now)
  keys = faults.map { |one| [name(deployment), one[:fault], one[:pod] && uid(one[:pod]), one[:container]] }
  memory.delete_if { |key, _| key.first == name(deployment) && !keys.include?(key) }
  keys.each { |key| memory[key] ||= now }
  faults.zip(keys).find { |one, key| now - memory[key] >= PATIENCE.fetch(one[:fault]) }&.first
end

def count(number, what) = "#{number} #{what}#{"s" unless number == 1}"

# The controller writes the revision before it says that it has seen the generation, so the
# ReplicaSet of that revision is the one of the template as it is now.
def judge(deployment, replica_sets, pods, memory, now, since)
  status = deployment["status"] || {}
  wanted = deployment.dig("spec", "replicas") || 1
  current = replica_sets.find { |set| owned_by?(set, deployment) && revision(set) == revision(deployment) }
  if (status["observedGeneration"] || 0) < deployment.dig("metadata", "generation") || current.nil?
    return { done: false, says: "Kubernetes has not looked at its change yet", old: [] }
  end
  new, old = pods_of(deployment, current, pods)
  ready = new.count { |pod| is?(pod, "Ready") && !leaving?(pod) }
  available = status["availableReplicas"] || 0
  complete = [status["updatedReplicas"], status["replicas"]].all? { |number| (number || 0) == wanted }
  fault = standing(deployment, faults_of(deployment, current, new, since), memory, now)
  done = complete && available >= wanted && old.empty?
  says = wanted.zero? ? ["stopped"] : ["#{ready} of #{count(wanted, "new pod")} ready"]
  says << "not long enough yet" if old.empty? && !done && ready >= wanted && !wanted.zero?
  says << "#{count(old.length, "old pod")} left" unless old.empty?
  { done: done, says: says.join(", "), old: old, fault: done ? nil : fault }
end
`;
