import { execFile } from "node:child_process";
import { request as httpRequest } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CLIENT_HEADER, SCHEME_HEADER } from "../server.ts";
import type { Ask } from "./row.ts";
import type { Signer } from "./signature.ts";

/** The answer. */
export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), "..", "programs", "websocket.mjs");
const TIMEOUT_MS = 20_000;
/** Neutral user agent, of no browser and no real server. */
const USER_AGENT = "http.rb/5.3.1 (Mastodon/4.6.5; +https://elsewhere.example/)";

/**
 * Sends one request of the table to the edge, with its body.
 * @throws Error if there is no answer.
 */
export async function send(
  port: number,
  ask: Ask,
  signer: Signer,
  client: string,
): Promise<Answer> {
  const { method = "GET", host, path, body = "" } = ask;
  const bytes = Buffer.from(body);
  const signed = signer.headersFor({ method, host, target: path, body: bytes });
  const length = ask.claimsBytes ?? (bytes.length > 0 ? bytes.length : undefined);
  const headers = {
    host,
    "user-agent": USER_AGENT,
    [CLIENT_HEADER]: client,
    [SCHEME_HEADER]: ask.scheme ?? "https",
    ...(ask.signed === true ? signed : {}),
    ...(length === undefined ? {} : { "content-length": String(length) }),
    ...ask.headers,
  };
  if (ask.socket === true) return await openSocket(port, path, headers);
  return await new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: "127.0.0.1", port, method, path, headers, agent: false, timeout: TIMEOUT_MS },
      (answer) => {
        const chunks: Buffer[] = [];
        const done = (): void => {
          const named = Object.entries(answer.headersDistinct).map(
            ([name, values]) => [name, values?.join(", ")] as const,
          );
          resolve({
            status: answer.statusCode ?? 0,
            headers: Object.fromEntries(named),
            body: Buffer.concat(chunks),
          });
          if (ask.endless === true || ask.claimsBytes !== undefined) sent.destroy();
        };
        answer.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          if (ask.endless === true) done();
        });
        answer.once("end", done);
      },
    );
    sent.once("timeout", () => sent.destroy(new Error("nothing came in time")));
    sent.once("error", reject);
    if (ask.claimsBytes === undefined) sent.end(bytes);
    else sent.flushHeaders();
  });
}

/** A whole WebSocket, with a client library; the received messages are the body. */
async function openSocket(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const input = JSON.stringify({ port, path, headers, say: "a word" });
  return await new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [PROGRAM],
      { timeout: TIMEOUT_MS },
      (error, stdout, stderr) => {
        if (error !== null) return reject(new Error(`No WebSocket: ${stderr.trim()}`));
        const answer = JSON.parse(stdout) as {
          readonly status: number;
          readonly headers: Record<string, string>;
          readonly messages: readonly string[];
        };
        resolve({ ...answer, body: Buffer.from(answer.messages.join("\n")) });
      },
    );
    child.stdin?.end(input);
  });
}
