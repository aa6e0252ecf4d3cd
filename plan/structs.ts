import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { fromWire, toWire } from "./values.ts";

/** Properties as the protocol's message. */
export function structOf(properties: Readonly<Record<string, unknown>>): Struct {
  return struct.Struct.fromJavaScript(
    toWire(properties) as Parameters<typeof struct.Struct.fromJavaScript>[0],
  );
}

/** The protocol's message as properties; empty if there is no message. */
export function propertiesOf(message: Struct | undefined): Record<string, unknown> {
  return message === undefined ? {} : (fromWire(message.toJavaScript()) as Record<string, unknown>);
}
