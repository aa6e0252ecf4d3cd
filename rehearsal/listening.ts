import { connect, type NetConnectOpts } from "node:net";

/**
 * Whether a program accepts connections at a port or a Unix socket. A socket's file alone says too
 * little: between its creation and `listen` a connection is refused.
 */
export async function isListening(at: NetConnectOpts): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(at);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
