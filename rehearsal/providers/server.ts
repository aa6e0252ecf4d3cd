import grpc from "@grpc/grpc-js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type { AttachedProvider } from "./provider.ts";
import { providerServiceOf } from "./service.ts";

/** Listening providers, with their addresses for the engine. */
export interface ServedProviders {
  /** The value of `PULUMI_DEBUG_PROVIDERS`: `digitalocean:40123,cloudflare:40124`. */
  readonly debugProviders: string;
  /**
   * Closes all connections and stops listening. Resolves when the ports are free; it may be called
   * twice.
   */
  stop(): Promise<void>;
}

/**
 * Serves the providers over gRPC on loopback ports, one server for each package. The engine
 * attaches to a package by its name (pulumi/pulumi `pkg/resource/plugin/provider_plugin.go`,
 * `GetProviderAttachPort`).
 * @throws if a port is not available, or two providers have the same name, because the engine would
 * use only the first.
 */
export async function serveProviders(
  providers: readonly AttachedProvider[],
): Promise<ServedProviders> {
  const servers: grpc.Server[] = [];
  const stop = async (): Promise<void> => {
    for (const server of servers.splice(0)) server.forceShutdown();
  };
  const names = providers.map((provider) => provider.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new Error(`Two attached providers are called ${twice}; the engine can reach one only.`);
  try {
    const ports = await Promise.all(
      providers.map(async (provider) => {
        // The engine sends and accepts up to 400 MB (`rpcutil.GrpcChannelOptions`). The default
        // here would be 4 MB.
        const server = new grpc.Server({
          "grpc.max_receive_message_length": -1,
          "grpc.max_send_message_length": -1,
        });
        servers.push(server);
        server.addService(providerService.ResourceProviderService, providerServiceOf(provider));
        return `${provider.name}:${await listen(server, provider.name)}`;
      }),
    );
    return { debugProviders: ports.join(","), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listen(server: grpc.Server, name: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else
        reject(
          new Error(`The ${name} provider can't listen on 127.0.0.1: ${error.message}`, {
            cause: error,
          }),
        );
    });
  });
}
