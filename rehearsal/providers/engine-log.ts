import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";
import type { Warn } from "./provider.ts";

/**
 * Shows a provider's warnings to the operator, through the engine: once in the output and again
 * under "Diagnostics"
 * (https://pulumi-developer-docs.readthedocs.io/latest/docs/_generated/proto/engine.html,
 * `Engine.Log`).
 * @param address of the engine, from its handshake; "" if it accepts no messages.
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
