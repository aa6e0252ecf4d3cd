import grpc from "@grpc/grpc-js";

/** Error of a call, in the place of an answer. */
export interface CallError {
  readonly code: grpc.status;
  readonly details: string;
  readonly metadata: grpc.Metadata;
}

/**
 * An error that says which gRPC code it wants; all others become `UNKNOWN`, as a plain `error` of a
 * Go provider does.
 */
export class ProtocolError extends Error {
  readonly code: grpc.status;
  constructor(code: grpc.status, message: string) {
    super(message);
    this.name = "ProtocolError";
    this.code = code;
  }
}

/** Turns what a provider threw into what gRPC carries. The message goes out as it is. */
export function callErrorOf(thrown: unknown): CallError {
  return {
    code: thrown instanceof ProtocolError ? thrown.code : grpc.status.UNKNOWN,
    details: thrown instanceof Error ? thrown.message : String(thrown),
    metadata: new grpc.Metadata(),
  };
}
