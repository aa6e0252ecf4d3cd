import { podsOf, type ContainerView } from "./objects.ts";
import type { ResourceRule } from "./rule.ts";

/** Namespaces of the node that a pod may not share. */
const SHARED = ["hostNetwork", "hostPID", "hostIPC"] as const;

/** Kinds of volumes that hold nothing of the node. */
const VOLUMES = ["configMap", "secret", "emptyDir", "projected"];

/** A container's settings, besides its user. Any other key is a fault, such as `privileged`. */
const CONFINED = JSON.stringify([
  ["allowPrivilegeEscalation", false],
  ["capabilities", { drop: ["ALL"] }],
  ["readOnlyRootFilesystem", true],
]);

function containerFaults({ name, securityContext = {} }: ContainerView): readonly string[] {
  const { runAsUser, runAsGroup, ...rest } = securityContext;
  const given = JSON.stringify(
    Object.entries(rest).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  return [
    ...(given === CONFINED
      ? []
      : [
          `${name} may gain privilege or write to its image: it needs a read-only root, no escalation and no capability`,
        ]),
    ...(runAsUser === 0 ? [`${name} runs as root`] : []),
    ...(runAsGroup === runAsUser ? [] : [`${name} has a group that is not its user's`]),
  ];
}

/** Every pod is restricted: no privilege, no root, nothing of the node, a read-only root. */
export const restrictedPods: ResourceRule = {
  name: "restricted-pods",
  level: "mandatory",
  says: "Every pod is restricted: a user that is not root, the runtime's seccomp profile, no namespace or folder of the node, no capability, a read-only root.",
  check: (resource) => {
    const pods = podsOf(resource);
    if (pods === undefined) return [];
    const { spec, containers } = pods;
    const { runAsNonRoot, runAsUser, seccompProfile } = (spec["securityContext"] ?? {}) as {
      readonly runAsNonRoot?: unknown;
      readonly runAsUser?: unknown;
      readonly seccompProfile?: { readonly type?: unknown };
    };
    const volumes = (spec["volumes"] ?? []) as readonly Readonly<Record<string, unknown>>[];
    return [
      // `runAsNonRoot` can't check an image's user by name, so the number is required.
      ...(runAsNonRoot === true && Number.isInteger(runAsUser) && (runAsUser as number) > 0
        ? []
        : ["the pod has no user that is not root, by number"]),
      ...(seccompProfile?.type === "RuntimeDefault" ? [] : ["the pod has no seccomp profile"]),
      ...SHARED.filter((key) => spec[key] === true).map((key) => `the pod has ${key}`),
      ...volumes
        .filter((volume) =>
          Object.keys(volume).some((key) => key !== "name" && !VOLUMES.includes(key)),
        )
        .map((_, at) => `volume ${at} of the pod is of a kind that may hold something of the node`),
      ...containers.flatMap(containerFaults),
    ];
  },
};
