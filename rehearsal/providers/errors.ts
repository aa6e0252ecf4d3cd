import grpc from "@grpc/grpc-js";
import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import { PartialFailure } from "./provider.ts";
import { structOf } from "./structs.ts";

/** What a call ends with instead of an answer. */
export interface CallError {
  readonly code: grpc.status;
  readonly details: string;
  readonly metadata: grpc.Metadata;
}

/** An error that says which gRPC code it wants; all others become `UNKNOWN`, as a plain `error` of a Go provider does. */
export class ProtocolError extends Error {
  readonly code: grpc.status;
  constructor(code: grpc.status, message: string) {
    super(message);
    this.name = "ProtocolError";
    this.code = code;
  }
}

/**
 * Turns what a provider threw into what gRPC carries. The message goes out as it is. A partial failure brings the
 * resource along in `ErrorResourceInitFailed`, so that the engine records what exists and fails the step
 * (`parseError` in pulumi/pulumi `pkg/resource/plugin/provider_plugin.go`).
 */
export function callErrorOf(thrown: unknown): CallError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof ProtocolError ? thrown.code : grpc.status.UNKNOWN;
  const metadata = new grpc.Metadata();
  if (thrown instanceof PartialFailure) {
    const failed = new providerMessages.ErrorResourceInitFailed()
      .setId(thrown.state.id)
      .setProperties(structOf(thrown.state.outputs))
      .setReasonsList([...thrown.reasons]);
    const detail = new any.Any();
    detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new statusMessages.Status()
      .setCode(code)
      .setMessage(message)
      .setDetailsList([detail]);
    // The trailer in which gRPC carries structured details (https://grpc.io/docs/guides/error/#richer-error-model).
    metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return { code, details: message, metadata };
}
