import { randomUUID } from "node:crypto";
import {
  isInPlace,
  type Properties,
  type StackExport,
  type StateResource,
} from "../recover/state.ts";
import { isInKubernetes, KUBERNETES_PROVIDER, STACK } from "../recover/types.ts";
import { AUTONAMED, type OpenCluster } from "./in-cluster.ts";
import type { Look } from "./seen.ts";
import type { Marks, Planned, StackPlan } from "./planned.ts";
import { providerInputs, SPACES_PROVIDER } from "./spaces.ts";

/**
 * A state with the found resources. A refresh then reads each of them. A cloud resource without
 * outputs is imported. A Kubernetes object is read with the program's own inputs (pulumi-kubernetes
 * `provider/pkg/provider/provider.go` Read, `pruneLiveState`). An import by id would compare it
 * with every default of the API, and the provider replaces a Job or a Secret for less.
 */

type There = Look & { readonly word: "there" };

/** Values that are written in addition to the found resources. */
export interface Written {
  readonly plan: StackPlan;
  readonly marks: Marks;
  readonly cluster: OpenCluster | undefined;
  /** Output of the stack, if the state lacks it after a server has run. */
  readonly running: Properties | undefined;
  readonly now: Date;
}

/**
 * The previous state with all that exists. Components and providers are added with their resources.
 */
export function withFound(
  before: StackExport,
  looks: readonly Look[],
  written: Written,
): StackExport {
  const { resources = [] } = before.deployment;
  const there = new Map(
    looks.flatMap((look) => (look.word === "there" ? [[look.planned.urn, look] as const] : [])),
  );
  const builder = new Builder(resources, there, written);
  const needed = placesOf(written.plan.resources, there);
  for (const planned of written.plan.resources) if (needed.has(planned.urn)) builder.add(planned);
  return { ...before, deployment: { ...before.deployment, resources: builder.resources } };
}

/** URNs of these resources and of all their ancestors. */
function placesOf(
  resources: readonly Planned[],
  there: ReadonlyMap<string, There>,
): ReadonlySet<string> {
  const parents = new Map(resources.map(({ urn, parent }) => [urn, parent]));
  const places = new Set<string>();
  for (let urn of there.keys())
    for (; urn !== "" && !places.has(urn); urn = parents.get(urn) ?? "") places.add(urn);
  return places;
}

type Entry = StateResource & Readonly<Record<string, unknown>>;

class Builder {
  readonly resources: StateResource[];
  readonly #urns: Map<string, string>;
  readonly #there: ReadonlyMap<string, There>;
  readonly #written: Written;

  constructor(
    before: readonly StateResource[],
    there: ReadonlyMap<string, There>,
    written: Written,
  ) {
    const { running } = written;
    // The stack itself comes first.
    this.resources = before.map((each) =>
      each.type === STACK && running !== undefined
        ? { ...each, outputs: { ...each.outputs, running } }
        : each,
    );
    this.#urns = new Map(before.filter(isInPlace).map(({ urn, id = "" }) => [urn, id]));
    this.#there = there;
    this.#written = written;
  }

  add(planned: Planned): void {
    const there = this.#there.get(planned.urn);
    if (this.#urns.has(planned.urn)) return;
    if (planned.type === STACK) {
      const { running } = this.#written;
      return this.#push(planned, { outputs: running === undefined ? {} : { running } });
    }
    if (!planned.custom) return this.#push(planned, {});
    if (there === undefined) return;
    if (planned.type === KUBERNETES_PROVIDER) return this.#provider(planned);
    if (planned.type === SPACES_PROVIDER) {
      const { marks, plan } = this.#written;
      const inputs = providerInputs(planned, marks, this.resources, plan.versions["digitalocean"]);
      return this.#push(planned, { id: there.id, inputs, outputs: inputs });
    }
    const inputs = this.#inputs(planned, there);
    const provider = this.#providerOf(planned);
    this.#push(planned, {
      id: there.id,
      provider,
      inputs,
      outputs: outputsOf(planned, there, inputs),
      ...(planned.protect && { protect: true }),
    });
  }

  #push(
    { urn, type, custom, parent }: Pick<Planned, "urn" | "type" | "custom" | "parent">,
    more: Partial<Entry>,
  ): void {
    const time = this.#written.now.toISOString();
    this.#urns.set(urn, more.id ?? "");
    const resource = {
      urn,
      custom,
      type,
      ...(parent === "" ? {} : { parent }),
      ...more,
      created: time,
      modified: time,
    } as StateResource;
    // Dependents of its predecessor come after it, and depend on it now.
    const at = this.resources.findIndex(
      (each) => each.urn === urn && each.pendingReplacement === true,
    );
    if (at === -1) this.resources.push(resource);
    else this.resources[at] = resource;
  }

  /** The Kubernetes provider, with the cluster's current address. */
  #provider(planned: Planned): void {
    const { marks, cluster, plan } = this.#written;
    const given = marks.in(planned.inputs);
    const kubeconfig = JSON.parse(String(given["kubeconfig"])) as {
      clusters: { cluster: Record<string, string> }[];
    };
    for (const each of kubeconfig.clusters)
      if (cluster !== undefined)
        each.cluster = {
          server: cluster.server,
          "certificate-authority-data": cluster.certificate,
        };
    const inputs = {
      ...given,
      kubeconfig: JSON.stringify(kubeconfig),
      version: plan.versions["kubernetes"],
    };
    this.#push(planned, { id: randomUUID(), inputs, outputs: inputs });
  }

  /** `URN::ID` of a provider; a package's default one is added if the state lacks it. */
  #providerOf({ provider, type }: Planned): string {
    if (provider !== "") {
      const urn = provider.slice(0, provider.lastIndexOf("::"));
      return `${urn}::${this.#urns.get(urn)}`;
    }
    const name = type.slice(0, type.indexOf(":"));
    const { versions, resources } = this.#written.plan;
    const version = versions[name] ?? "";
    const providerType = `pulumi:providers:${name}`;
    const [stack] = resources;
    const head = stack!.urn.split("::").slice(0, 2).join("::");
    const urn = `${head}::${providerType}::default_${version.replaceAll(".", "_")}`;
    if (!this.#urns.has(urn))
      this.#push(
        { urn, type: providerType, custom: true, parent: "" },
        {
          id: randomUUID(),
          inputs: { version },
          outputs: { version },
        },
      );
    return `${urn}::${this.#urns.get(urn)}`;
  }

  #inputs(planned: Planned, { candidate }: There): Properties {
    const inputs = this.#written.marks.in(planned.inputs);
    const name = candidate?.name;
    if (isInKubernetes(planned)) {
      const metadata = inputs["metadata"] as Properties;
      if (metadata["name"] !== undefined || name === undefined) return inputs;
      const annotations = {
        ...(metadata["annotations"] as Properties | undefined),
        [AUTONAMED]: "true",
      };
      return { ...inputs, metadata: { ...metadata, name, annotations } };
    }
    return "name" in inputs || name === undefined
      ? { ...inputs, __defaults: [] }
      : { ...inputs, name, __defaults: ["name"] };
  }
}

function outputsOf(planned: Planned, { candidate, known }: There, inputs: Properties): Properties {
  if (isInKubernetes(planned))
    return {
      __initialApiVersion: inputs["apiVersion"],
      ...(candidate !== undefined &&
        "fieldManager" in candidate &&
        candidate.fieldManager !== undefined && { __fieldManager: candidate.fieldManager }),
    };
  return known === undefined ? {} : { ...inputs, ...known };
}
