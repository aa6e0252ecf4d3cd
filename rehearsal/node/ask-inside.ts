import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** Sends one request and prints its status. A proxy's header claims https. */
const PROGRAM = `const [host, port, path] = process.argv.slice(1);
const headers = { host, "x-forwarded-proto": "https" };
require("node:http").get({ host: "127.0.0.1", port, path, headers, agent: false }, (answer) => {
  answer.resume();
  answer.once("end", () => console.log(answer.statusCode));
});`;

/**
 * Sends a request to a pod's server from the pod's own network. Returns the status; undefined if
 * the connection broke.
 */
export async function askInside(
  pid: number,
  { host, port, path }: { readonly host: string; readonly port: number; readonly path: string },
): Promise<number | undefined> {
  const child = spawn(
    "setpriv",
    [
      ...["--pdeathsig=KILL", "--", "nsenter", `--net=/proc/${pid}/ns/net`, "--"],
      ...[process.execPath, "-e", PROGRAM, host, String(port), path],
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const status = Number.parseInt(await text(child.stdout), 10);
  return Number.isNaN(status) ? undefined : status;
}
