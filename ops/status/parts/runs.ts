import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { partsOf } from "../../../domain/images.ts";
import { ageIn } from "../../backup/dumps.ts";
import { told, type Part } from "../part.ts";

/** One Deployment of the server. */
interface Workload {
  readonly name: string;
  readonly ready: number;
  readonly wanted: number;
  /** Tags of its images. */
  readonly tags: readonly string[];
  /** Time from which it is as available as it is now. */
  readonly since: Date | undefined;
}

interface Runs {
  readonly workloads: readonly Workload[];
  /** Pods that can't start or were killed, each with the cluster's own reason. */
  readonly troubled: readonly string[];
  readonly now: Date;
}

export const runs: Part<Runs> = {
  name: "runs",
  async ask({ cluster, now }) {
    const { deployments, pods } = await cluster();
    return {
      workloads: deployments.map(workloadOf),
      troubled: pods.flatMap(troubleOf),
      now: now(),
    };
  },
  tell({ workloads, troubled, now }) {
    if (workloads.length === 0) return told(["nothing is deployed in this cluster"], []);
    const lineOf = ({ name, ready, wanted, tags, since }: Workload): string =>
      `${name} ${ready} of ${wanted}, ${tags.join(", ")}${since === undefined ? "" : `, for ${ageIn(since, now)}`}`;
    const [short, whole] = [true, false].map((isShort) =>
      workloads.filter(({ ready, wanted }) => ready < wanted === isShort).map(lineOf),
    );
    return told([...short!, ...troubled], whole!);
  },
};

function workloadOf({ metadata, spec, status }: V1Deployment): Workload {
  const available = status?.conditions?.find(({ type }) => type === "Available");
  const images = spec?.template.spec?.containers.map(({ image = "" }) => partsOf(image).tag) ?? [];
  return {
    name: metadata?.name ?? "",
    ready: status?.readyReplicas ?? 0,
    wanted: spec?.replicas ?? 1,
    tags: [...new Set(images)],
    since: available?.lastTransitionTime && new Date(available.lastTransitionTime),
  };
}

/** Reasons of the kubelet for a container that waits without a fault. */
const ORDINARY: ReadonlySet<string> = new Set(["ContainerCreating", "PodInitializing"]);

function troubleOf({ metadata, status }: V1Pod): readonly string[] {
  // A Job's pod that ended is no trouble of now.
  if (status?.phase === "Succeeded" || status?.phase === "Failed") return [];
  const name = metadata?.name ?? "";
  const unplaced = status?.conditions?.find(
    (each) => each.type === "PodScheduled" && each.status === "False",
  );
  if (unplaced !== undefined) return [`${name} has no node: ${unplaced.message ?? ""}`];
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return all.flatMap(({ state, lastState, restartCount }) => {
    const waits = state?.waiting?.reason;
    if (waits !== undefined && !ORDINARY.has(waits)) return [`${name}: ${waits}`];
    return lastState?.terminated?.reason === "OOMKilled"
      ? [`${name} was killed for its memory; ${restartCount} restarts`]
      : [];
  });
}
