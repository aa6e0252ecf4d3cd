// Opens a WebSocket as a browser does, sends a message and prints the answers. Standard input: {
// port, path, headers, say }; standard output: { status, headers, messages }.
import { json } from "node:stream/consumers";
import { WebSocket } from "ws";

const WAIT_MS = 5_000;
const { port, path, say, headers: all } = await json(process.stdin);
// The client library sends its subprotocols itself, and requires one of them in the answer.
const { "sec-websocket-protocol": protocol, ...headers } = all;
const messages = [];
const result = await new Promise((resolve) => {
  const socket = new WebSocket(
    `ws://127.0.0.1:${port}${path}`,
    protocol === undefined ? [] : [protocol],
    {
      headers,
      handshakeTimeout: WAIT_MS,
    },
  );
  let opened = { status: 0, headers: {} };
  const timer = setTimeout(() => socket.terminate(), WAIT_MS);
  socket.on(
    "upgrade",
    (answer) => (opened = { status: answer.statusCode, headers: answer.headers }),
  );
  socket.on("unexpected-response", (_request, answer) => {
    opened = { status: answer.statusCode, headers: answer.headers };
    answer.resume();
    socket.terminate();
  });
  socket.on("open", () => socket.send(say));
  socket.on("message", (data) => {
    messages.push(String(data));
    if (messages.length === 2) socket.close();
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    clearTimeout(timer);
    resolve(opened);
  });
});
process.stdout.write(JSON.stringify({ ...result, messages }));
