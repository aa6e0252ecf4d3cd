import * as settings from "@pulumi/pulumi/runtime/settings.js";

/**
 * Gives each run of a program its own connections to its engine. The SDK closes none of an inline
 * program's (`@pulumi/pulumi` 3.259.0 `runtime/settings.js`, disconnectSync). The client shares
 * connections to the same address. An engine at the port of a killed one got "No connection
 * established" for two minutes (`@grpc/grpc-js` 1.14.7 `subchannel-pool.js`).
 */
export function ownConnections(): void {
  const { grpcClientOptions } = settings as unknown as { readonly grpcClientOptions: object };
  Object.assign(grpcClientOptions, {
    "grpc.use_local_subchannel_pool": 1,
    // An idle connection closes after this time; a program that is still running reconnects.
    "grpc.client_idle_timeout_ms": 10_000,
  });
}
