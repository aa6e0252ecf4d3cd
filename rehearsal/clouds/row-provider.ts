import type {
  AttachedProvider,
  CheckFailure,
  ConfiguredProvider,
  Properties,
  ResourceRef,
  Warn,
} from "../providers/provider.ts";
import { reveal, Secret } from "../../plan/values.ts";
import { diffOf, refusePlan } from "./diff.ts";
import { checkFields, checkInputs, DEFAULTS_KEY, whereOf } from "./inputs.ts";
import { importedObject } from "./importing.ts";
import { inputsOf, outputsOf, plannedCreate, plannedUpdate, readOf } from "./outputs.ts";
import { same } from "./properties.ts";
import type { CloudObject } from "./cloud-object.ts";
import { createObject, deleteObject, type OperationContext, updateObject } from "./operations.ts";
import { retrying, timeoutOf, waitFor } from "./patience.ts";
import { sentInputs } from "./sent.ts";
import type { ProviderRows, ResourceRow } from "./rows.ts";
import type { World } from "./world.ts";

/** Configuration keys of every provider instance that belong to the engine, not to the cloud. */
const ENGINE_KEYS: ReadonlySet<string> = new Set(["version", "pluginDownloadURL", "__internal"]);

/**
 * Builds a provider of the simulated clouds from its rows. It fails for every type, function and
 * property without a row.
 */
export function rowProvider(rows: ProviderRows, version: string, world: World): AttachedProvider {
  return {
    name: rows.name,
    version,
    async checkConfig(news) {
      const own = ownKeys(news);
      const failures: CheckFailure[] = checkFields(
        rows.configuration,
        own,
        "",
        `add it to the configuration rows of the ${rows.name} provider`,
      );
      // A token from a plain config value must still be encrypted in the state.
      const inputs = Object.fromEntries(
        Object.entries(news).map(([key, value]) => [
          key,
          rows.configuration[key]?.secret === true && !(value instanceof Secret)
            ? new Secret(value)
            : value,
        ]),
      );
      return { inputs, failures };
    },
    // Other credentials must not replace a provider, because that would replace every resource.
    async diffConfig(olds, news, ignoreChanges) {
      const keys = Object.keys(rows.configuration).filter(
        (key) => !ignoreChanges.includes(key) && !same(reveal(olds[key]), reveal(news[key])),
      );
      return {
        changes: keys.length > 0,
        replaces: [],
        deleteBeforeReplace: false,
        detailed: Object.fromEntries(keys.map((key) => [key, "update" as const])),
      };
    },
    async configure(args, warn) {
      return configured(rows, world, reveal(args) as Properties, warn);
    },
  };
}

function ownKeys(news: Properties): Properties {
  return Object.fromEntries(Object.entries(news).filter(([key]) => !ENGINE_KEYS.has(key)));
}

function configured(
  rows: ProviderRows,
  world: World,
  configuration: Properties,
  warn: Warn = async () => {},
): ConfiguredProvider {
  const byType = new Map(rows.resources.map((row) => [row.type, row]));
  const rowOf = ({ type }: ResourceRef): ResourceRow => {
    const row = byType.get(type);
    if (row === undefined)
      throw new Error(
        `The rehearsal has no row for the resource type ${type}: add one in rehearsal/clouds/${rows.name}/, with its sources, and list it in rehearsal/clouds/${rows.name}/rows.ts.`,
      );
    return row;
  };
  const contextOf = ({ urn }: ResourceRef): OperationContext => ({ world, configuration, urn });

  const warnOf = async (ref: ResourceRef, operation: "create" | "delete"): Promise<void> => {
    const words = rowOf(ref).forgets?.[operation];
    if (words !== undefined) await warn(ref.urn, words);
  };

  return {
    async check(ref, olds, news, randomSeed) {
      return checkInputs(rowOf(ref), ref, olds, news, randomSeed);
    },
    async diff(ref, _id, old, news, ignoreChanges) {
      return diffOf(rowOf(ref), old.outputs, news, ignoreChanges);
    },
    async create(ref, inputs, { preview, timeoutSeconds }) {
      const row = rowOf(ref);
      const timeout = timeoutOf(row, "create", timeoutSeconds);
      const plain = plainInputs(inputs);
      refusePlan(row, undefined, plain);
      await warnOf(ref, "create");
      if (preview) return { id: "", outputs: plannedCreate(row, inputs) };
      const context = contextOf(ref);
      const sent = sentInputs(row, plain, {});
      const refused = row.refusedAtCreate?.(sent);
      if (refused !== undefined) throw new Error(refused);
      const { object, ready } = await retrying(row, "create", context, timeout, () =>
        createObject(row, sent, context),
      );
      if (timeout !== undefined) object.createTimeout = timeout;
      await waitFor(ready, row, "create", context, timeout ?? row.pollsSeconds);
      return { id: object.id, outputs: outputsOf(row, object.properties, inputs) };
    },
    async read(ref, id, state) {
      const row = rowOf(ref);
      // The real bridge treats a read without outputs as an import, also at a refresh
      // (pulumi-terraform-bridge `pkg/tfbridge/provider.go` Read: `isRefresh :=
      // len(req.GetProperties().GetFields()) != 0`).
      const isImport = Object.keys(state.outputs).length === 0;
      const object = isImport ? importedObject(row, id, world) : world.get(row.type, id);
      if (object === undefined) return undefined;
      refuseSilent(object, world, "reading");
      const fresh = row.read?.(object, contextOf(ref));
      if (fresh !== undefined) object.properties = { ...object.properties, ...fresh };
      const told = readOf(row, object.properties, state.outputs);
      return {
        id: object.id,
        outputs: outputsOf(row, told, { ...state.outputs, ...state.inputs }),
        inputs: inputsOf(row, told, state.inputs),
      };
    },
    async update(ref, id, old, news, { preview, timeoutSeconds }) {
      const row = rowOf(ref);
      timeoutOf(row, "update", timeoutSeconds);
      if (preview) return plannedUpdate(row, old.outputs, news);
      const object = world.get(row.type, id);
      if (object === undefined)
        throw new Error(`${ref.type} ${id} is gone; run "pulumi refresh" and try again.`);
      refuseSilent(object, world, "updating");
      const context = contextOf(ref);
      const plain = sentInputs(row, plainInputs(news), object.properties);
      const { ready } = await updateObject(row, object, plain, context);
      const timeout = object.createTimeout ?? row.timeouts?.create ?? row.pollsSeconds;
      await waitFor(ready, row, "update", context, timeout);
      return outputsOf(row, object.properties, news);
    },
    async delete(ref, id, _state, timeoutSeconds) {
      const row = rowOf(ref);
      const object = world.get(row.type, id);
      const timeout = timeoutOf(row, "delete", timeoutSeconds);
      await warnOf(ref, "delete");
      if (row.forgets !== undefined) {
        if (object !== undefined) object.forgotten = true;
        return;
      }
      if (object === undefined) {
        if (row.deleteOf404 === "gone") return;
        throw new Error(
          `Error deleting ${ref.type} ${id}: 404, it is gone already. "pulumi refresh" takes it out of the state.`,
        );
      }
      refuseSilent(object, world, "deleting");
      const context = contextOf(ref);
      await retrying(row, "delete", context, timeout, () => deleteObject(row, object, context));
    },
    async invoke(token, args) {
      const row = rows.functions.find((candidate) => candidate.token === token);
      if (row === undefined)
        throw new Error(
          `The rehearsal has no row for the function ${token}: add one in rehearsal/clouds/${rows.name}/, with its source, and list it in rehearsal/clouds/${rows.name}/rows.ts.`,
        );
      const failures = checkFields(row.arguments, args, "", whereOf(row));
      if (failures.length > 0)
        throw new Error(`${token}: ${failures.map(({ reason }) => reason).join("; ")}`);
      return await row.call(reveal(args) as Properties, world);
    },
  };
}

/** Refuses a call for a thing in a region that is down, or for a part of one. */
function refuseSilent(
  { type, id, properties }: CloudObject,
  { silent }: World,
  doing: string,
): void {
  if (silent.has(id) || silent.has(String(properties["clusterId"])))
    throw new Error(`Error ${doing} ${type} ${id}: 503, giving up after 5 attempt(s)`);
}

function plainInputs(inputs: Properties): Properties {
  const plain = reveal(inputs) as Properties;
  return Object.fromEntries(Object.entries(plain).filter(([key]) => key !== DEFAULTS_KEY));
}
