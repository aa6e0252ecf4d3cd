import grpc from "@grpc/grpc-js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type {
  CheckResponse,
  DiffRequest,
  DiffResponse,
  PropertyDiff,
} from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { warningsTo } from "./engine-log.ts";
import { callErrorOf, ProtocolError } from "./errors.ts";
import type {
  AttachedProvider,
  CheckResult,
  ConfiguredProvider,
  DiffKind,
  DiffResult,
  ResourceRef,
} from "./provider.ts";
import { propertiesOf, structOf } from "../../plan/structs.ts";

/** Every message about a resource identifies it with the same three fields. */
interface Named {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

const KINDS: Readonly<Record<DiffKind, PropertyDiff.Kind>> = {
  add: messages.PropertyDiff.Kind.ADD,
  "add-replace": messages.PropertyDiff.Kind.ADD_REPLACE,
  delete: messages.PropertyDiff.Kind.DELETE,
  "delete-replace": messages.PropertyDiff.Kind.DELETE_REPLACE,
  update: messages.PropertyDiff.Kind.UPDATE,
  "update-replace": messages.PropertyDiff.Kind.UPDATE_REPLACE,
};

/**
 * Supported features, returned by Handshake and again by Configure for engines without a handshake.
 */
const ABILITIES = { secrets: true, resources: true, outputs: true, preview: true } as const;

/**
 * The provider protocol of one package. gRPC itself answers other calls (GetSchema, Parameterize,
 * Construct, Call, List, mappings) with `UNIMPLEMENTED`.
 *
 * The engine opens a connection for every provider instance, default or explicit. It makes the
 * handshake on it, and configures it at most once (`NewProvider` and `Configure` in pulumi/pulumi
 * `pkg/resource/plugin/provider_plugin.go`; a second Configure would panic there). No later call
 * names its instance, so the connection identifies the instance.
 */
export function providerServiceOf(provider: AttachedProvider): grpc.UntypedServiceImplementation {
  const instances = new Map<string, Promise<ConfiguredProvider>>();
  /** Address at which the engine of each connection accepts messages. */
  const engines = new Map<string, string>();

  const instanceOf = async (call: Call<unknown>): Promise<ConfiguredProvider> => {
    const instance = instances.get(call.getPeer());
    if (instance === undefined)
      throw new ProtocolError(
        grpc.status.FAILED_PRECONDITION,
        `The ${provider.name} provider was called on a connection that never configured it; this is a fault of the rehearsal or of an engine that shares connections, not of the stack.`,
      );
    return await instance;
  };

  const service: Partial<IResourceProviderServer> = {
    handshake: answer((request, call) => {
      instances.delete(call.getPeer()); // The port of a closed connection may be reused.
      engines.set(call.getPeer(), request.getEngineAddress());
      return new messages.ProviderHandshakeResponse()
        .setAcceptSecrets(ABILITIES.secrets)
        .setAcceptResources(ABILITIES.resources)
        .setAcceptOutputs(ABILITIES.outputs);
    }),
    attach: answer(() => new empty.Empty()),
    getPluginInfo: answer(() => new pluginMessages.PluginInfo().setVersion(provider.version)),
    cancel: answer(() => new empty.Empty()),

    checkConfig: answer(async (request) =>
      checkResponse(await provider.checkConfig(propertiesOf(request.getNews()))),
    ),
    diffConfig: answer(async (request) =>
      diffResponse(
        await provider.diffConfig(
          oldInputs(request),
          propertiesOf(request.getNews()),
          request.getIgnorechangesList(),
        ),
      ),
    ),
    configure: answer(async (request, call) => {
      const peer = call.getPeer();
      if (instances.has(peer))
        throw new ProtocolError(
          grpc.status.FAILED_PRECONDITION,
          `The ${provider.name} provider was configured twice on one connection; two instances can't be told apart then.`,
        );
      const instance = provider.configure(
        propertiesOf(request.getArgs()),
        warningsTo(engines.get(peer) ?? ""),
      );
      instances.set(peer, instance);
      await instance;
      return new messages.ConfigureResponse()
        .setAcceptsecrets(ABILITIES.secrets)
        .setAcceptresources(ABILITIES.resources)
        .setAcceptoutputs(ABILITIES.outputs)
        .setSupportspreview(ABILITIES.preview);
    }),

    check: answer(async (request, call) => {
      const instance = await instanceOf(call);
      // The engine sends an empty struct if there is no old state (`Check` in provider_plugin.go).
      const olds = propertiesOf(request.getOlds());
      return checkResponse(
        await instance.check(
          refOf(request),
          Object.keys(olds).length === 0 ? undefined : olds,
          propertiesOf(request.getNews()),
          request.getRandomseed_asU8(),
        ),
      );
    }),
    diff: answer(async (request, call) => {
      const instance = await instanceOf(call);
      return diffResponse(
        await instance.diff(
          refOf(request),
          request.getId(),
          { inputs: oldInputs(request), outputs: propertiesOf(request.getOlds()) },
          propertiesOf(request.getNews()),
          request.getIgnorechangesList(),
        ),
      );
    }),
    create: answer(async (request, call) => {
      const instance = await instanceOf(call);
      const { id, outputs } = await instance.create(
        refOf(request),
        propertiesOf(request.getProperties()),
        { preview: request.getPreview(), timeoutSeconds: request.getTimeout() },
      );
      return new messages.CreateResponse().setId(id).setProperties(structOf(outputs));
    }),
    read: answer(async (request, call) => {
      const instance = await instanceOf(call);
      const found = await instance.read(refOf(request), request.getId(), {
        inputs: request.hasInputs() ? propertiesOf(request.getInputs()) : undefined,
        outputs: propertiesOf(request.getProperties()),
      });
      // In the protocol, no id means that the resource does not exist.
      if (found === undefined) return new messages.ReadResponse();
      return new messages.ReadResponse()
        .setId(found.id)
        .setProperties(structOf(found.outputs))
        .setInputs(structOf(found.inputs));
    }),
    update: answer(async (request, call) => {
      const instance = await instanceOf(call);
      const outputs = await instance.update(
        refOf(request),
        request.getId(),
        { inputs: oldInputs(request), outputs: propertiesOf(request.getOlds()) },
        propertiesOf(request.getNews()),
        {
          preview: request.getPreview(),
          timeoutSeconds: request.getTimeout(),
          ignoreChanges: request.getIgnorechangesList(),
        },
      );
      return new messages.UpdateResponse().setProperties(structOf(outputs));
    }),
    delete: answer(async (request, call) => {
      const instance = await instanceOf(call);
      await instance.delete(
        refOf(request),
        request.getId(),
        { inputs: oldInputs(request), outputs: propertiesOf(request.getProperties()) },
        request.getTimeout(),
      );
      return new empty.Empty();
    }),
    invoke: answer(async (request, call) => {
      const instance = await instanceOf(call);
      const result = await instance.invoke(request.getTok(), propertiesOf(request.getArgs()));
      return new messages.InvokeResponse().setReturn(structOf(result));
    }),
  };
  return service as grpc.UntypedServiceImplementation; // gRPC answers missing methods.
}

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;

/** Wraps an asynchronous handler that may throw in gRPC's callback form. */
function answer<Request, Response>(
  handle: (request: Request, call: Call<Request>) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    void (async () => {
      try {
        callback(null, await handle(call.request, call as Call<Request>));
      } catch (thrown) {
        callback(callErrorOf(thrown));
      }
    })();
  };
}

function refOf(message: Named): ResourceRef {
  return { urn: message.getUrn(), type: message.getType(), name: message.getName() };
}

function oldInputs(message: Pick<DiffRequest, "getOldInputs">): ReturnType<typeof propertiesOf> {
  return propertiesOf(message.getOldInputs());
}

function checkResponse(result: CheckResult): CheckResponse {
  return new messages.CheckResponse()
    .setInputs(structOf(result.inputs))
    .setFailuresList(
      result.failures.map(({ property, reason }) =>
        new messages.CheckFailure().setProperty(property).setReason(reason),
      ),
    );
}

function diffResponse(result: DiffResult): DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse()
    .setChanges(result.changes ? DIFF_SOME : DIFF_NONE)
    .setReplacesList([...result.replaces])
    .setDeletebeforereplace(result.deleteBeforeReplace)
    .setDiffsList([...new Set(Object.keys(result.detailed).map((path) => topLevelKey(path)))])
    .setHasdetaileddiff(true);
  for (const [path, kind] of Object.entries(result.detailed))
    response.getDetaileddiffMap().set(path, new messages.PropertyDiff().setKind(KINDS[kind]));
  return response;
}

/** `rules[0].ref` → `rules`; `["a.b"].c` → `a.b`. */
export function topLevelKey(path: string): string {
  const quoted = /^\["((?:[^"\\]|\\.)*)"\]/.exec(path)?.[1];
  return quoted?.replaceAll(/\\(.)/g, "$1") ?? path.split(/[.[]/, 1)[0] ?? path;
}
