import { KubeConfig } from "@kubernetes/client-node";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { clusterOf, type Cluster } from "../../ops/pods/cluster.ts";
import { runTootctl } from "../../ops/pods/run-command.ts";

/** An API server with one Deployment and one Job, and the text for each reader of its log. */
class SmallApi {
  readonly calls: string[] = [];
  /** Text for each request of the log, and whether its connection then breaks. */
  readonly logs: { readonly text: string; readonly breaks: boolean }[] = [];
  exitCode: number | undefined = 0;
  /** Number of looks at the pod before it has ended. */
  looks = 2;
  #made = false;
  readonly #server = createServer((request, response) => this.#answer(request, response));

  async cluster(): Promise<Cluster> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    const { port } = this.#server.address() as AddressInfo;
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: "small", server: `http://127.0.0.1:${port}`, skipTLSVerify: true }],
      users: [{ name: "nobody" }],
      contexts: [{ name: "small", cluster: "small", user: "nobody" }],
      currentContext: "small",
    });
    return clusterOf(config);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #pod() {
    const over = (this.looks -= 1) < 0 && this.logs.length === 0;
    const state =
      over && this.exitCode !== undefined
        ? { terminated: { exitCode: this.exitCode, reason: "Error" } }
        : { running: {} };
    return {
      metadata: { name: "pod", labels: { "batch.kubernetes.io/job-name": "tootctl-x" } },
      status: { phase: "Running", containerStatuses: [{ name: "command", state }] },
    };
  }

  #answer({ method, url }: IncomingMessage, response: ServerResponse): void {
    const path = url!.split("?")[0]!;
    this.calls.push(`${method} ${path.split("/").slice(-2).join("/")}`);
    const send = (body: unknown): void => {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify(body));
    };
    if (path.endsWith("/log")) {
      const { text, breaks } = this.logs.shift()!;
      response.write(text);
      setTimeout(() => (breaks ? response.destroy() : response.end()), 50);
    } else if (method === "POST") {
      this.#made = true;
      send({ metadata: { name: "tootctl-x" } });
    } else if (method === "DELETE") {
      this.#made = false;
      send({ status: "Success" });
    } else if (path.endsWith("/deployments/web"))
      send({ spec: { template: { spec: { containers: [{ name: "puma", image: "x" }] } } } });
    else if (path.endsWith("/pods")) send({ items: this.#made ? [this.#pod()] : [] });
    else if (path.endsWith("/events") || path.endsWith("/priorityclasses")) send({ items: [] });
    else send(this.#pod());
  }
}

let api: SmallApi;
afterEach(async () => await api.close());

async function run(signal = new AbortController().signal) {
  const cluster = await api.cluster();
  const shown: Uint8Array[] = [];
  const said: string[] = [];
  const terminal = {
    out: (chunk: Uint8Array) => void shown.push(chunk),
    say: (sentence: string) => void said.push(sentence),
  };
  const command = { args: ["media", "usage"], direct: false, deadlineSeconds: 60 };
  const ending = await runTootctl(cluster, command, terminal, signal);
  return { ending, shown: Buffer.concat(shown).toString(), said };
}

test("a connection that breaks off loses no line of the log and doubles none", async () => {
  api = new SmallApi();
  api.logs.push({ text: "one\ntw", breaks: true }, { text: "one\ntwo\n", breaks: false });
  const { ending, shown } = await run();
  expect(shown).toBe("one\ntwo\n");
  expect(ending).toEqual({ status: 0 });
});

test("the command's own exit status comes back, and the Job is gone by then", async () => {
  api = new SmallApi();
  api.exitCode = 3;
  api.logs.push({ text: "no such account\n", breaks: false });
  expect((await run()).ending).toEqual({ status: 3 });
  expect(api.calls.filter((call) => call.startsWith("DELETE"))).toEqual(["DELETE jobs/tootctl-x"]);
  // At the last look it was gone.
  expect(api.calls.at(-1)).toBe("GET mastodon/pods");
});

test("Ctrl-C while it runs deletes the Job before the shell has its prompt back", async () => {
  api = new SmallApi();
  api.exitCode = undefined;
  api.logs.push({ text: "first\n", breaks: false });
  const stopping = new AbortController();
  const stopped = run(stopping.signal);
  stopped.catch(() => {}); // Awaited below.
  await expect.poll(() => api.calls.some((call) => call.endsWith("/log"))).toBe(true);
  stopping.abort(new Error("stopped"));
  await expect(stopped).rejects.toThrow("stopped");
  expect(api.calls).toContain("DELETE jobs/tootctl-x");
});
