import { randomUUID } from "node:crypto";
import { acceptedToken, type CloudName } from "../recover/clouds.ts";
import { cloudOf, FINDERS, lookupOf } from "../recover/finders.ts";
import type { Candidate, Lookup, WrittenAgain } from "../recover/finder.ts";
import { look as lookUp, once } from "../recover/look.ts";
import { ask } from "../recover/presence.ts";
import { isInPlace, type Properties, type StateResource } from "../recover/state.ts";
import { shutOutOf } from "../recover/taken-out.ts";
import { CLUSTER, isInKubernetes, KUBERNETES_PROVIDER } from "../recover/types.ts";
import type { OpenCluster } from "./in-cluster.ts";
import { keysInUse, notYounger, POSTGRES } from "./memory.ts";
import { escaped, Marks, type Planned } from "./planned.ts";
import { orAnotherKey, s3Id, SPACES_PROVIDER } from "./spaces.ts";
import type { Look, LookAround } from "./seen.ts";

/** Lookup, at the clouds and in the cluster, of all that the plan has and the state lacks. */

const NO_KUBECONFIG = "DigitalOcean gives no kubeconfig for the cluster";

/** Result of the lookup. */
export interface Found {
  readonly looks: readonly Look[];
  readonly marks: Marks;
  /** The cluster, if the lookup included its provider or an object in it. */
  readonly cluster: OpenCluster | undefined;
}

/** Looks for each planned resource that the state lacks, in the plan's order. Read-only. */
export async function lookForAll(around: LookAround): Promise<Found> {
  const { resources, held } = around;
  const marks = new Marks(resources);
  const byUrn = new Map(held.filter(isInPlace).map((each) => [each.urn, each]));
  const asking = new Asking(around);
  const looks: Look[] = [];
  for (const planned of resources.filter(({ custom }) => custom)) {
    const state = byUrn.get(planned.urn);
    if (state?.id !== undefined) {
      setMarks(marks, planned, {
        id: state.id,
        name: nameIn(state),
        uuid: state.outputs?.["uuid"],
      });
      if (planned.type === CLUSTER) asking.clusterId = state.id;
      continue;
    }
    if (!around.wanted.has(planned.urn)) continue;
    const found = await asking.about(planned, marks);
    // A replica's firewall refers to it by its uuid.
    if (found.word === "none")
      for (const mark of [planned.idMark, planned.uuidMark]) asking.absent.add(mark);
    if (found.word === "there" && found.candidate !== undefined) {
      setMarks(marks, planned, found.candidate);
      if (planned.type === CLUSTER) asking.clusterId = found.candidate.id;
    }
    looks.push(found);
  }
  const keys = keysInUse(looks);
  return {
    looks: looks.map((look) => withSecret(look, keys)),
    marks,
    cluster: await asking.cluster(),
  };
}

/**
 * A key whose secret is shown only at its creation. The one that the server uses exists; others are
 * left over.
 */
function withSecret(look: Look, keys: ReadonlyMap<string, string>): Look {
  const { planned } = look;
  const toldOnce = lookupOf(planned.type)?.toldOnce;
  if (toldOnce === undefined) return look;
  const { where, outputsWith } = toldOnce;
  const candidates =
    look.word === "there" ? [look.candidate!] : look.word === "ask" ? look.candidates : [];
  const used = candidates.find(({ id }) => keys.has(id));
  if (used !== undefined) {
    const known = outputsWith(used.id, keys.get(used.id)!);
    return { planned, word: "there", id: used.id, candidate: used, known };
  }
  if (look.word === "unknown") return look;
  const left = candidates.length === 0 ? {} : { left: { candidates, where } };
  return orAnotherKey({ planned, word: "none", ...left });
}

function setMarks(
  marks: Marks,
  { idMark, nameMark, uuidMark }: Planned,
  { id, name, uuid }: Pick<Candidate, "id" | "name"> & { readonly uuid?: unknown },
): void {
  marks.set(idMark, id);
  if (name !== undefined) marks.set(nameMark, name);
  if (typeof uuid === "string") marks.set(uuidMark, uuid);
}

function nameIn({ inputs = {}, outputs = {} }: StateResource): string | undefined {
  const metadata = (inputs["metadata"] ?? {}) as Properties;
  return [outputs["name"], inputs["name"], metadata["name"]].find(
    (name): name is string => typeof name === "string",
  );
}

/** One lookup, with what it has found so far. */
class Asking {
  /** The cluster at DigitalOcean, once known. */
  clusterId: string | undefined;
  /** Marks of ids and uuids of missing resources: their parts don't exist either. */
  readonly absent = new Set<unknown>();
  readonly #around: LookAround;
  readonly #token = once((cloud: CloudName) => {
    const { clouds, held, resources } = this.#around;
    return acceptedToken(cloud, clouds, [...held, ...resources]);
  });
  #cluster: Promise<OpenCluster> | undefined;

  constructor(around: LookAround) {
    this.#around = around;
  }

  async about(planned: Planned, marks: Marks): Promise<Look> {
    if (planned.type === KUBERNETES_PROVIDER) return await this.#provider(planned);
    if (isInKubernetes(planned)) return await this.#object(planned, marks);
    if (planned.type === SPACES_PROVIDER)
      return { planned, word: "there", id: randomUUID(), candidate: undefined, known: {} };
    const id = s3Id(planned, marks);
    if (id !== undefined) return this.#inS3(planned, id);
    const finder = FINDERS[planned.type];
    if (finder === undefined) return this.#chosen(planned, [], undefined);
    if (finder.kind === "again") return this.#again(planned, finder, marks);
    if (finder.needs.some((key) => this.absent.has(planned.inputs[key])))
      return { planned, word: "none" };
    const inputs = Object.fromEntries(
      Object.entries(planned.inputs).map(([key, value]) => [key, marks.known(value)]),
    );
    // The program leaves the name to Pulumi, which adds seven digits.
    if (finder.needs.includes("name") && !("name" in inputs))
      inputs["name"] = new RegExp(`^${escaped(planned.name)}-[0-9a-f]{7}$`, "u");
    const cloud = cloudOf(planned.type);
    const found = await lookUp(finder, { inputs }, this.#around.clouds, () => this.#token(cloud));
    if (found.word === "unknown") return { planned, word: "unknown", reason: found.reason };
    const isData = planned.name === POSTGRES;
    const { candidates } = found;
    const all = isData ? notYounger(candidates, this.#around.since) : candidates;
    return this.#chosen(planned, all, finder);
  }

  /** Without a query: the refresh reads it, through its provider. */
  #inS3(planned: Planned, id: string): Look {
    const { held, wanted } = this.#around;
    const urn = planned.provider.slice(0, planned.provider.lastIndexOf("::"));
    return wanted.has(urn) || held.some((each) => each.urn === urn)
      ? { planned, word: "there", id, candidate: undefined, known: undefined }
      : { planned, word: "unknown", reason: "the state lacks its provider: name none, or both" };
  }

  /** It exists if its parent does. */
  #again(planned: Planned, { call, importId }: WrittenAgain, marks: Marks): Look {
    if (importId === undefined) return { planned, word: "again", call };
    let missing: string | undefined;
    const id = importId((key) => {
      const value = marks.known(planned.inputs[key] ?? "");
      if (value === undefined) missing = key;
      return String(value);
    });
    if (missing === undefined)
      return { planned, word: "there", id, candidate: undefined, known: undefined };
    return this.absent.has(planned.inputs[missing])
      ? { planned, word: "none" }
      : { planned, word: "unknown", reason: `no readable ${missing} of it is known` };
  }

  /** Opens the cluster once. Undefined if there is none, or if it can't be opened. */
  async cluster(): Promise<OpenCluster | undefined> {
    if (this.clusterId === undefined) return undefined;
    this.#cluster ??= this.#around.open(this.clusterId);
    return await this.#cluster.catch(() => undefined);
  }

  /** The Kubernetes provider is no cloud resource: it exists if the cluster does. */
  async #provider(planned: Planned): Promise<Look> {
    const { clusterId: id } = this;
    if (id === undefined) return { planned, word: "none" };
    return (await this.cluster()) === undefined
      ? { planned, word: "unknown", reason: NO_KUBECONFIG }
      : { planned, word: "there", id, candidate: undefined, known: {} };
  }

  async #object(planned: Planned, marks: Marks): Promise<Look> {
    if (this.clusterId === undefined) return { planned, word: "none" };
    const inputs = marks.known(planned.inputs["metadata"] ?? {}) && marks.in(planned.inputs);
    if (inputs === undefined)
      return { planned, word: "unknown", reason: "its namespace is not known" };
    const { clouds } = this.#around;
    const cluster = await this.cluster();
    if (cluster === undefined) return { planned, word: "unknown", reason: NO_KUBECONFIG };
    const { objects } = cluster;
    const finder: Lookup = {
      kind: "find",
      needs: [],
      find: () => objects.find(planned.name, inputs),
    };
    const accepts = () => ask(() => objects.answers(), clouds.patience);
    const found = await lookUp(finder, { inputs }, clouds, accepts);
    if (found.word === "unknown") return { planned, word: "unknown", reason: found.reason };
    return found.candidates.length === 0
      ? { planned, word: "none" }
      : this.#chosen(planned, found.candidates, undefined);
  }

  /** The only candidate, or the one that the operator names. */
  #chosen(planned: Planned, all: readonly Candidate[], finder: Lookup | undefined): Look {
    const { answered, held } = this.#around;
    const taken = new Set(
      // An object has its predecessor's id.
      held
        .filter(({ type, pendingReplacement }) => type === planned.type && !pendingReplacement)
        .map(({ id }) => id),
    );
    const shut = shutOutOf(held);
    const shutOut = all.filter(({ id }) => shut.has(id));
    const candidates = all.filter(
      ({ id, importId }) => !taken.has(id) && !taken.has(importId) && !shut.has(id),
    );
    const answer = answered.get(planned.urn) ?? answered.get(planned.name);
    if (answer !== undefined && shut.has(answer))
      throw new Error(
        `--adopt ${planned.name}=${answer}: \`npm run recover -- fence\` has shut it out. Nothing was changed. The next update makes another one: npm run up -- --refresh.`,
      );
    const known = finder?.noImporter === true ? {} : undefined;
    const looked = finder !== undefined || isInKubernetes(planned);
    if (answer === "none" || (answer === undefined && looked && candidates.length === 0))
      return { planned, word: "none", ...(shutOut.length > 0 && { shutOut }) };
    const sure = candidates.filter(({ doubt }) => doubt === undefined);
    const chosen =
      answer === undefined
        ? candidates.length === 1
          ? sure[0]
          : undefined
        : candidates.find(({ id, importId }) => [id, importId].includes(answer));
    // A resource that is still being created lacks the values that it gets last.
    if (chosen?.busy !== undefined) return { planned, word: "unknown", reason: chosen.busy };
    if (chosen !== undefined)
      return { planned, word: "there", id: chosen.importId, candidate: chosen, known };
    if (answer !== undefined && !looked) {
      const candidate = { id: answer, importId: answer };
      return { planned, word: "there", id: answer, candidate, known: undefined };
    }
    if (answer !== undefined)
      throw new Error(
        `--adopt ${planned.name}=${answer}: it is none of ${candidates.map(({ id }) => id).join(", ")}. Nothing was changed. Name one of these, or none.`,
      );
    return { planned, word: "ask", candidates };
  }
}
