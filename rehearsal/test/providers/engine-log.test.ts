import grpc from "@grpc/grpc-js";
import engine from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { expect, test } from "vitest";
import { digitaloceanProvider } from "../../clouds/providers.ts";
import type { Warn } from "../../providers/provider.ts";
import { serveProviders } from "../../providers/server.ts";
import { Cloud } from "../clouds/cloud.ts";

/** An engine that only receives log messages. */
async function listeningEngine(heard: LogRequest.AsObject[]) {
  const server = new grpc.Server();
  server.addService(engine.EngineService, {
    log: (
      call: grpc.ServerUnaryCall<LogRequest, unknown>,
      answer: grpc.sendUnaryData<object>,
    ): void => {
      heard.push(call.request.toObject());
      answer(null, new empty.Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

test("a provider's warning reaches the engine that shook hands, with its resource", async () => {
  const heard: LogRequest.AsObject[] = [];
  const listening = await listeningEngine(heard);
  let warn: Warn | undefined;
  const provider = digitaloceanProvider(new Cloud().world);
  const served = await serveProviders([
    {
      ...provider,
      configure: async (config, given) => {
        warn = given;
        return await provider.configure(config, given);
      },
    },
  ]);
  const client = new services.ResourceProviderClient(
    `127.0.0.1:${served.debugProviders.split(":")[1]}`,
    grpc.credentials.createInsecure(),
  );
  const ask = (
    start: (done: (error: grpc.ServiceError | null) => void) => unknown,
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      start((error) => (error === null ? resolve() : reject(error)));
    });
  try {
    const hello = new messages.ProviderHandshakeRequest().setEngineAddress(listening.address);
    await ask((done) => client.handshake(hello, done));
    await ask((done) => client.configure(new messages.ConfigureRequest(), done));
    await warn?.("urn:pulumi:a::b::c::d", "it stays");
    expect(heard).toMatchObject([
      { severity: LogSeverity.WARNING, urn: "urn:pulumi:a::b::c::d", message: "it stays" },
    ]);
  } finally {
    client.close();
    await served.stop();
    listening.stop();
  }
});
