import { randomBytes } from "node:crypto";
import { resolve4, resolve6 } from "node:dns/promises";
import { request } from "node:https";
import type { Outside } from "./world.ts";

/** Milliseconds until a silent server counts as one that does not answer. */
const LIMIT_MS = 10_000;

/** The Internet of this machine, without a resolver's cache of `/etc/hosts`. */
export const INTERNET: Outside = {
  async resolve(host) {
    const found = await Promise.allSettled([resolve4(host), resolve6(host)]);
    return found.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  },
  async get(url, headers = {}) {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(LIMIT_MS) });
    return { status: answer.status, text: await answer.text() };
  },
  handshake: (url) =>
    new Promise((resolve, reject) => {
      const key = randomBytes(16).toString("base64");
      const headers = {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": key,
      };
      const asked = request(url, { headers, signal: AbortSignal.timeout(LIMIT_MS) });
      const end = (status: number | undefined): void => {
        resolve(status ?? 0);
        asked.destroy();
      };
      asked.once("response", ({ statusCode }) => end(statusCode));
      asked.once("upgrade", ({ statusCode }, socket) => {
        socket.destroy();
        end(statusCode);
      });
      asked.once("error", reject);
      asked.end();
    }),
};
