import { NAMESPACE } from "../../../config/topology.ts";
import { reveal } from "../../../plan/values.ts";
import { environmentOf, podsOf, templateOf, type PodView } from "../../stack/views.ts";
import {
  all,
  deployments,
  fits,
  metaOf,
  nameOf,
  SELECTING,
  specOf,
  type Danger,
  type Labels,
} from "./view.ts";

interface Reference {
  readonly name: string;
  readonly key?: string;
}
/** A variable whose value comes from an object. */
interface Taken {
  readonly valueFrom?: {
    readonly configMapKeyRef?: Reference;
    readonly secretKeyRef?: Reference;
  };
}

/** Every ConfigMap and Secret that a pod references, with the key, if there is one. */
function referencesOf({ spec, containers }: PodView): readonly (readonly [string, Reference])[] {
  const volumes = (spec["volumes"] ?? []) as readonly {
    readonly configMap?: Reference;
    readonly secret?: { readonly secretName: string };
  }[];
  const named: readonly (readonly [string, Reference | undefined])[] = [
    ...volumes.flatMap(({ configMap, secret }) => [
      ["ConfigMap", configMap] as const,
      ["Secret", secret && { name: secret.secretName }] as const,
    ]),
    ...containers.flatMap(({ env = [], envFrom = [] }) => [
      ...envFrom.flatMap(({ configMapRef, secretRef }) => [
        ["ConfigMap", configMapRef] as const,
        ["Secret", secretRef] as const,
      ]),
      ...(env as readonly Taken[]).flatMap(({ valueFrom }) => [
        ["ConfigMap", keyed(valueFrom?.configMapKeyRef)] as const,
        ["Secret", keyed(valueFrom?.secretKeyRef)] as const,
      ]),
    ]),
  ];
  return named.flatMap(([kind, reference]) =>
    reference === undefined ? [] : [[kind, reference] as const],
  );
}

/** A reference to one key. Without a key it asks for one that no object has. */
function keyed(reference: Reference | undefined): Reference | undefined {
  return reference && { ...reference, key: reference.key ?? "" };
}

/** Dangers in references by name. */
export const NAMES = [
  {
    key: "reference",
    name: "a Secret or a key of it that is not there: the pod never starts, once the option is used",
    faults: (plan) =>
      podsOf(plan).flatMap((pod) =>
        referencesOf(pod).flatMap(([kind, { name, key }]) => {
          const object = all(plan, `kubernetes:core/v1:${kind}`).find(
            (each) => nameOf(each) === name,
          );
          if (object === undefined) return [`${pod.name} names the ${kind} ${name}`];
          const data = reveal(object.inputs["stringData"] ?? object.inputs["data"]) as object;
          return key === undefined || Object.hasOwn(data, key)
            ? []
            : [`${pod.name} wants "${key}" of the ${kind} ${name}`];
        }),
      ),
  },
  {
    key: "unmade-names",
    name: "a database, a role or a port that nobody made: a mistyped default is only noticed in production",
    faults: (plan) => {
      const made = (type: string): readonly unknown[] =>
        all(plan, `digitalocean:index/${type}`).map(({ inputs }) => inputs["name"]);
      const users = made("databaseUser:DatabaseUser");
      const databases = made("databaseDb:DatabaseDb");
      const pools = made("databaseConnectionPool:DatabaseConnectionPool");
      return podsOf(plan).flatMap(({ name, containers }) =>
        containers.flatMap((container) => {
          const values = environmentOf(plan, container);
          const [user, port, database] = ["DB_USER", "DB_PORT", "DB_NAME"].map((key) =>
            values.get(key),
          );
          if (database === undefined) return [];
          const served = port === "25061" ? pools : port === "25060" ? databases : [];
          return [
            ...(users.includes(user) ? [] : [`${name} is ${String(user)}`]),
            ...(served.includes(database)
              ? []
              : [`${name} asks for ${String(database)} on port ${String(port)}`]),
          ];
        }),
      );
    },
  },
  {
    key: "deaf-port",
    name: "a Service, or the tunnel, that leads to a port on which nobody listens",
    faults: (plan) => {
      const services = all(plan, "kubernetes:core/v1:Service").filter(
        (each) => metaOf(each).namespace === NAMESPACE,
      );
      const addresses = services.flatMap((service) =>
        specOf<{ ports: { port: number }[] }>(service).ports.map(
          ({ port }) => `http://${nameOf(service)}.${NAMESPACE}.svc.cluster.local:${port}`,
        ),
      );
      const tunnel = all(
        plan,
        "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig",
      ).flatMap(
        ({ inputs }) => (inputs["config"] as { ingresses: { service: string }[] }).ingresses,
      );
      const lost = tunnel
        .filter(({ service }) => service.startsWith("http://") && !addresses.includes(service))
        .map(({ service }) => `the tunnel leads to ${service}`);
      const deaf = services.flatMap((service) => {
        const { selector, ports } = specOf<{
          selector: Labels;
          ports: { port: number; targetPort: unknown }[];
        }>(service);
        const listening = podsOf(plan)
          .filter(({ owner }) => fits(selector, templateOf(owner).metadata.labels))
          .flatMap(({ containers }) => containers)
          .flatMap(({ ports }) => ports);
        return ports
          .filter(
            ({ port, targetPort }) =>
              !listening.some((one) => one?.name === targetPort && one?.containerPort === port),
          )
          .map(({ port }) => `nobody listens behind ${nameOf(service)}:${port}`);
      });
      return [...lost, ...deaf];
    },
  },
  {
    key: "selector",
    name: "a selector that a new label breaks: every pod is well and nobody reaches one, or the Deployment can't be changed any more",
    faults: (plan) =>
      [...deployments(plan), ...all(plan, "kubernetes:core/v1:Service")]
        .filter((each) => metaOf(each).namespace === NAMESPACE)
        .flatMap((resource) => {
          const { selector } = specOf<{ selector: Labels | { matchLabels: Labels } }>(resource);
          const keys = Object.keys(
            "matchLabels" in selector ? (selector.matchLabels as Labels) : selector,
          );
          return keys.sort().join() === [...SELECTING].sort().join()
            ? []
            : [`${resource.name} selects by ${keys.join(", ")}`];
        }),
  },
] as const satisfies readonly Danger[];
