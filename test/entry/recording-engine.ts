import grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import resourceService from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceMessages from "@pulumi/pulumi/proto/resource_pb.js";
import * as pulumi from "@pulumi/pulumi";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { parseConfig } from "../../input/parse.ts";
import { lookAnswers } from "../../plan/look-answers.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { Recorder } from "../../plan/recorder.ts";

/** The two servers that a program under the language host calls, on one loopback port. */
export interface RecordingEngine {
  /** `127.0.0.1:<port>`, for `--monitor` and `--engine`. */
  readonly address: string;
  /** Every request for a resource, in order. */
  readonly recorder: Recorder;
  /** Messages that the program logged as errors. */
  readonly errors: readonly string[];
  /** Unknown calls. A program that makes one is not covered by the test. */
  readonly unanswered: readonly string[];
  /** Whether the program signalled its end (`SignalAndWaitForShutdown`). */
  finished(): boolean;
  stop(): void;
}

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;
type Reply = grpc.sendUnaryData<unknown>;

/**
 * Serves the resource monitor of an update and the engine's log, and records the requests.
 * @param lastOutputs outputs of the stack's last update; empty for a new stack.
 */
export async function startRecordingEngine(
  lastOutputs: Readonly<Record<string, unknown>> = {},
): Promise<RecordingEngine> {
  const recorder = new Recorder(false, lastOutputs, lookAnswers(parseConfig(readStackFile())));
  // The recorder builds URNs with the stack that the SDK of this process is set to.
  pulumi.runtime.setMockOptions(recorder, "mastodon", "prod", false);
  const errors: string[] = [];
  const unanswered: string[] = [];
  let root = "";
  let finished = false;
  const respond =
    (reply: Reply) =>
    (error: unknown, response: unknown): void =>
      reply(error === null ? null : asStatus(error), response);
  const nothing = new empty.Empty();

  const server = new grpc.Server();
  server.addService(
    resourceService.ResourceMonitorService,
    answeringAll(resourceService.ResourceMonitorService, unanswered, {
      getDeploymentInfo: (call, reply) => recorder.getDeploymentInfo(call.request, respond(reply)),
      supportsFeature: (call, reply) =>
        recorder.supportsFeature(call.request, (_error, answer: { getHassupport(): boolean }) => {
          const response = new resourceMessages.SupportsFeatureResponse();
          response.setHassupport(answer.getHassupport());
          reply(null, response);
        }),
      registerResource: (call, reply) =>
        void recorder.registerResource(
          call.request as InstanceType<typeof resourceMessages.RegisterResourceRequest>,
          respond(reply),
        ),
      registerResourceHook: (call, reply) =>
        recorder.registerResourceHook(
          call.request as InstanceType<typeof resourceMessages.RegisterResourceHookRequest>,
          respond(reply),
        ),
      registerResourceOutputs: (_call, reply) => reply(null, nothing),
      invoke: (call, reply) =>
        void recorder.invoke(
          call.request as InstanceType<typeof resourceMessages.ResourceInvokeRequest>,
          respond(reply),
        ),
      signalAndWaitForShutdown: (_call, reply) => {
        finished = true;
        reply(null, nothing);
      },
    }),
  );
  server.addService(
    engineService.EngineService,
    answeringAll(engineService.EngineService, unanswered, {
      log: (call, reply) => {
        const entry = call.request as InstanceType<typeof engineMessages.LogRequest>;
        if (entry.getSeverity() === engineMessages.LogSeverity.ERROR)
          errors.push(entry.getMessage());
        reply(null, nothing);
      },
      getRootResource: (_call, reply) => {
        const response = new engineMessages.GetRootResourceResponse();
        response.setUrn(root);
        reply(null, response);
      },
      setRootResource: (call, reply) => {
        root = (
          call.request as InstanceType<typeof engineMessages.SetRootResourceRequest>
        ).getUrn();
        reply(null, new engineMessages.SetRootResourceResponse());
      },
    }),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    recorder,
    errors,
    unanswered,
    finished: () => finished,
    stop: () => server.forceShutdown(),
  };
}

/** Every method of a service: the given ones, and for the others a refusal that is recorded. */
function answeringAll(
  service: grpc.ServiceDefinition,
  unanswered: string[],
  methods: Readonly<Record<string, (call: Call<unknown>, reply: Reply) => void>>,
): grpc.UntypedServiceImplementation {
  return Object.fromEntries(
    Object.keys(service).map((name) => [
      name,
      methods[name] ??
        ((_call: Call<unknown>, reply: Reply): void => {
          unanswered.push(name);
          reply({ code: grpc.status.UNIMPLEMENTED, details: `nobody here answers ${name}` }, null);
        }),
    ]),
  );
}

function asStatus(error: unknown): Partial<grpc.StatusObject> {
  return {
    code: grpc.status.UNKNOWN,
    details: error instanceof Error ? error.message : String(error),
  };
}
