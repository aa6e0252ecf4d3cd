import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";
import type { Warn } from "./provider.ts";

/**
 * A provider's way to say something to the person before the engine, once in the stream and again
 * under "Diagnostics"
 * (https://pulumi-developer-docs.readthedocs.io/latest/docs/_generated/proto/engine.html,
 * `Engine.Log`).
 * @param address of the engine, as its handshake says it; "" for one that takes no word.
 */
export function warningsTo(address: string): Warn {
  return async (urn, message) => {
    if (address === "") return;
    const client = new services.EngineClient(address, grpc.credentials.createInsecure());
    const request = new messages.LogRequest()
      .setSeverity(messages.LogSeverity.WARNING)
      .setUrn(urn)
      .setMessage(message);
    try {
      await new Promise<void>((resolve, reject) => {
        client.log(request, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      });
    } finally {
      client.close();
    }
  };
}
