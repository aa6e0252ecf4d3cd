import grpc from "@grpc/grpc-js";

/** Error of a call, instead of an answer. */
export interface CallError {
  readonly code: grpc.status;
  readonly details: string;
  readonly metadata: grpc.Metadata;
}

/**
 * An error with its gRPC code. All others become `UNKNOWN`, as a plain `error` of a Go provider
 * does.
 */
export class ProtocolError extends Error {
  readonly code: grpc.status;
  constructor(code: grpc.status, message: string) {
    super(message);
    this.name = "ProtocolError";
    this.code = code;
  }
}

/** Converts an error of a provider to gRPC's form. The message stays unchanged. */
export function callErrorOf(thrown: unknown): CallError {
  return {
    code: thrown instanceof ProtocolError ? thrown.code : grpc.status.UNKNOWN,
    details: thrown instanceof Error ? thrown.message : String(thrown),
    metadata: new grpc.Metadata(),
  };
}
