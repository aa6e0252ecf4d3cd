import type {
  RegisterResourceRequest,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import {
  MockMonitor,
  type MockCallArgs,
  type MockResourceArgs,
} from "@pulumi/pulumi/runtime/mocks.js";
import { answerOf, statedOutputs } from "./answers.ts";

/** One resource as the program registered it, with all that Pulumi's public mocks hide. */
export interface PlannedResource {
  readonly type: string;
  readonly name: string;
  /** False for components. */
  readonly custom: boolean;
  readonly urn: string;
  /** URN of the parent; "" for the stack itself. */
  readonly parent: string;
  /** `urn::id` of the provider; "" where it is the default one. */
  readonly provider: string;
  readonly protect: boolean;
  /** URNs, those from `dependsOn` and those that follow from the data. */
  readonly dependencies: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly deletedWith: string;
  readonly createTimeout: string;
  /** As sent: a secret is an object with Pulumi's signature of secrets, an unknown its text for unknowns. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** One call of a provider's function. */
export interface PlannedInvoke {
  readonly token: string;
  readonly args: Readonly<Record<string, unknown>>;
}

type Callback = (error: unknown, response: unknown) => void;

/**
 * A resource monitor that remembers every request as it came. Leans on two semi-internal things of the SDK, the class `MockMonitor` and
 * the getters of its requests (pulumi/pulumi#14421 asks for a public way): the SDK is pinned exactly, and this is the only file that knows.
 */
export class Recorder extends MockMonitor {
  readonly registered: PlannedResource[] = [];
  readonly invokes: PlannedInvoke[] = [];

  /** @param preview whether computed outputs are unknown, as the engine's preview has them. */
  constructor(preview: boolean) {
    super({
      newResource: (args: MockResourceArgs) => statedOutputs(args, preview),
      call: (args: MockCallArgs) => answerOf(args),
    });
  }

  override async registerResource(request: RegisterResourceRequest, done: Callback): Promise<void> {
    await super.registerResource(
      request,
      (error: unknown, response: { getUrn(): string } | undefined) => {
        if (response !== undefined)
          this.registered.push({
            type: request.getType(),
            name: request.getName(),
            custom: request.getCustom(),
            urn: response.getUrn(),
            parent: request.getParent(),
            provider: request.getProvider(),
            protect: request.getProtect() ?? false,
            dependencies: request.getDependenciesList(),
            ignoreChanges: request.getIgnorechangesList(),
            deleteBeforeReplace: request.getDeletebeforereplace(),
            deletedWith: request.getDeletedwith(),
            createTimeout: request.getCustomtimeouts()?.getCreate() ?? "",
            inputs: (request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
          });
        done(error, response);
      },
    );
  }

  override async invoke(request: ResourceInvokeRequest, done: Callback): Promise<void> {
    this.invokes.push({
      token: request.getTok(),
      args: (request.getArgs()?.toJavaScript() ?? {}) as Record<string, unknown>,
    });
    await super.invoke(request, done);
  }
}
