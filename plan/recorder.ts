import grpc from "@grpc/grpc-js";
import callbackService from "@pulumi/pulumi/proto/callback_grpc_pb.js";
import callbackMessages from "@pulumi/pulumi/proto/callback_pb.js";
import resourceMessages from "@pulumi/pulumi/proto/resource_pb.js";
import type {
  RegisterResourceHookRequest,
  RegisterResourceRequest,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { propertiesOf, structOf } from "./structs.ts";
import { hasSecret, Secret } from "./values.ts";
import { functionAnswer, resourceAnswer } from "./answers.ts";
import type { FunctionAnswers } from "./look-answers.ts";

/**
 * One resource as the program registered it, with details that Pulumi's public mocks don't show.
 */
export interface PlannedResource {
  readonly type: string;
  readonly name: string;
  /** False for components. */
  readonly custom: boolean;
  readonly urn: string;
  /** URN of the parent; "" for the stack itself. */
  readonly parent: string;
  /** `urn::id` of the provider; "" for the default one. */
  readonly provider: string;
  readonly protect: boolean;
  /** Whether the cloud keeps it when the state forgets it. */
  readonly retainOnDelete: boolean;
  /** Id of an existing one that is taken over; "" for none. */
  readonly importId: string;
  /** URNs of everything that precedes it: by `dependsOn`, or by its inputs. */
  readonly dependencies: readonly string[];
  /** The same for each input: the URNs on which it depends. */
  readonly propertyDependencies: ReadonlyMap<string, readonly string[]>;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /**
   * URN of the resource with which it is deleted; "" for none. The engine passes it on to children;
   * here only the parent has it.
   */
  readonly deletedWith: string;
  /** Timeout of `create`; "" for the provider's own. */
  readonly createTimeout: string;
  /** Plain values; a secret is a `Secret`, an unknown value is `UNKNOWN`. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The engine's own function, not a provider's: the outputs of a stack. */
const READ_OUTPUTS = "pulumi:pulumi:readStackOutputs";

type Respond = (error: unknown, response: unknown) => void;

/** The part of the monitor's answer that is used here. */
interface Registered {
  getUrn(): string;
  getObject(): Struct | undefined;
  setObject(struct: Struct): void;
}

/**
 * A resource monitor that records each request. It uses two half-internal parts of the SDK: the
 * class `MockMonitor` by its path, and the getters of its requests. pulumi/pulumi#14421 asks for a
 * public API. The SDK is pinned exactly, and only this file depends on them.
 */
export class Recorder extends MockMonitor {
  readonly planned: PlannedResource[] = [];
  /** Tokens of the functions that were called. */
  readonly called: string[] = [];
  /** Faults of this monitor; the SDK reports them only by an unhandled rejection. */
  readonly faults: unknown[] = [];
  readonly #look: FunctionAnswers;
  readonly #existing: readonly string[];
  readonly #preview: boolean;
  readonly #hooks = new Map<string, RegisterResourceHookRequest>();

  /**
   * @param preview whether computed outputs are unknown, as in the preview of a new stack.
   * @param lastOutputs outputs of the stack's last update; empty for a new one.
   * @param look the clouds' answers before the first resource.
   * @param existing names of resources in the state: no hook runs before their creation.
   */
  constructor(
    preview: boolean,
    lastOutputs: Readonly<Record<string, unknown>> = {},
    look: FunctionAnswers = {},
    existing: readonly string[] = [],
  ) {
    super({
      newResource: (args) => resourceAnswer(args, preview),
      call: (args) =>
        args.token === READ_OUTPUTS ? { outputs: lastOutputs } : functionAnswer(args, look),
    });
    this.#look = look;
    this.#existing = existing;
    this.#preview = preview;
  }

  override async registerResource(
    request: RegisterResourceRequest,
    respond: Respond,
  ): Promise<void> {
    const isMade = !this.#existing.includes(request.getName());
    for (const name of (isMade && request.getHooks()?.getBeforeCreateList()) || []) {
      const refused = await this.#runHook(name, request);
      // Dependent resources are planned nevertheless, because the SDK does not support a refused
      // resource.
      if (refused !== undefined) this.faults.push(refused);
    }
    await super.registerResource(request, (error: unknown, response: Registered | undefined) => {
      if (response === undefined) this.faults.push(error);
      else {
        this.planned.push(plannedOf(request, response.getUrn()));
        markSecrets(response, request.getAdditionalsecretoutputsList());
      }
      respond(error, response);
    });
  }

  /** The SDK's part of a hook is a server of its own, which the engine calls. */
  registerResourceHook(request: RegisterResourceHookRequest, respond: Respond): void {
    this.#hooks.set(request.getName(), request);
    respond(null, new empty.Empty());
  }

  /** Returns the reason for which a hook refuses to create a resource. */
  async #runHook(name: string, request: RegisterResourceRequest): Promise<Error | undefined> {
    const hook = this.#hooks.get(name);
    const callback = hook?.getCallback();
    if (callback === undefined) throw new Error(`No hook is called ${name}.`);
    if (this.#preview && hook?.getOnDryRun() !== true) return undefined;
    const about = new resourceMessages.ResourceHookRequest();
    about.setName(request.getName());
    about.setType(request.getType());
    const call = new callbackMessages.CallbackInvokeRequest();
    call.setToken(callback.getToken());
    call.setRequest(about.serializeBinary());
    const client = new callbackService.CallbacksClient(
      callback.getTarget(),
      grpc.credentials.createInsecure(),
    );
    try {
      const answer = await new Promise<
        InstanceType<typeof callbackMessages.CallbackInvokeResponse>
      >((resolve, reject) => {
        client.invoke(call, (error, response) =>
          error === null ? resolve(response) : reject(error),
        );
      });
      const said = resourceMessages.ResourceHookResponse.deserializeBinary(
        answer.getResponse_asU8(),
      ).getError();
      return said === "" ? undefined : new Error(`before hook "${name}" failed: ${said}`);
    } finally {
      client.close();
    }
  }

  override async invoke(request: ResourceInvokeRequest, respond: Respond): Promise<void> {
    this.called.push(request.getTok());
    await super.invoke(request, (error: unknown, response: unknown) => {
      // The program must handle a cloud's refusal.
      if (response === undefined && !Object.values(this.#look).includes(error as Error))
        this.faults.push(error);
      // An error in the form in which it arrives over the network: its message in `details`.
      respond(
        error instanceof Error ? Object.assign(error, { details: error.message }) : error,
        response,
      );
    });
  }
}

/** Converts a request. Also used for the same request over the network. */
export function plannedOf(request: RegisterResourceRequest, urn: string): PlannedResource {
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    urn,
    parent: request.getParent(),
    provider: request.getProvider(),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    importId: request.getImportid(),
    dependencies: request.getDependenciesList(),
    propertyDependencies: new Map(
      request
        .getPropertydependenciesMap()
        .toArray()
        .map(([key]) => [key, request.getPropertydependenciesMap().get(key)?.getUrnsList() ?? []]),
    ),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    deletedWith: request.getDeletedwith(),
    createTimeout: request.getCustomtimeouts()?.getCreate() ?? "",
    inputs: propertiesOf(request.getObject()),
  };
}

/** The engine's part: outputs that the SDK declares secret are returned as secrets. */
function markSecrets(response: Registered, names: readonly string[]): void {
  const outputs = propertiesOf(response.getObject());
  const marked = names
    .filter((name) => name in outputs && !hasSecret(outputs[name]))
    .map((name) => [name, new Secret(outputs[name])] as const);
  response.setObject(structOf({ ...outputs, ...Object.fromEntries(marked) }));
}
