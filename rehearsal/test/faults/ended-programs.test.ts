import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";
import { afterEach, beforeAll, expect, it } from "vitest";
import { ownConnections } from "../../engine/own-connections.ts";
import { freePorts } from "../../kubernetes/ports.ts";

const { grpcClientOptions } = settings as unknown as {
  readonly grpcClientOptions: grpc.ClientOptions;
};
const open: { close: () => void }[] = [];

beforeAll(ownConnections);
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** Listens as an engine does. */
async function engineAt(port: number): Promise<void> {
  const server = new grpc.Server();
  server.addService(services.EngineService, {
    log: (_: unknown, callback: grpc.sendUnaryData<empty.Empty>) =>
      callback(null, new empty.Empty()),
  } as unknown as grpc.UntypedServiceImplementation);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  open.push({ close: () => server.forceShutdown() });
}

/** A word of a program to its engine, as the SDK sends it. */
async function say(port: number): Promise<string> {
  const credentials = grpc.credentials.createInsecure();
  const client = new services.EngineClient(`127.0.0.1:${port}`, credentials, grpcClientOptions);
  return await new Promise((resolve) => {
    client.log(new messages.LogRequest(), (error) => resolve(error?.details ?? "heard"));
  });
}

it("an engine at the port of one that was killed is heard, though the dead one's program still calls", async () => {
  const [port] = (await freePorts(1)) as [number];
  await engineAt(port);
  expect(await say(port)).toBe("heard");
  open.pop()?.close();
  // The first falls into the broken connection, the second finds nobody at the port.
  expect([await say(port), await say(port)]).not.toContain("heard");
  await engineAt(port);
  expect(await say(port)).toBe("heard");
});
