import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeAuthority } from "../../rehearsal/authority.ts";
import { Client, isStatus, Unreachable } from "../../rehearsal/providers/kubernetes/client.ts";

const policy = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "web", namespace: "mastodon" },
  spec: { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { a: "b" } } }] }] },
};

let server: Server;
let client: Client;
let asked: { line: string; authorization: string | undefined; body: string }[];
let answer: { status: number; body: unknown };

beforeEach(async () => {
  asked = [];
  answer = { status: 200, body: policy };
  const authority = await makeAuthority("CN=test");
  const pair = await authority.issue({
    subject: "CN=api",
    usages: ["server"],
    addresses: ["127.0.0.1"],
  });
  server = createServer({ key: pair.key, cert: pair.certificate }, (request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { authorization } = request.headers;
      asked.push({ line: `${request.method} ${request.url}`, authorization, body });
      response.writeHead(answer.status).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = Client.from(
    kubeconfig((server.address() as AddressInfo).port, authority.pair.certificate),
    () => ({ adminToken: "secret-token" }),
  );
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test("a NetworkPolicy's `from` reaches the API server: without it the rule would let everybody in", async () => {
  await client.apply(policy, { manager: "pulumi", dryRun: true, force: false });
  expect(JSON.parse(asked[0]?.body ?? "")).toEqual(policy);
  expect(asked[0]?.line).toBe(
    "PATCH /apis/networking.k8s.io/v1/namespaces/mastodon/networkpolicies/web?fieldManager=pulumi&force=false&fieldValidation=Strict&dryRun=All",
  );
  expect(asked[0]?.authorization).toBe("Bearer secret-token");
});

test("what is not there is undefined, and its deletion no error", async () => {
  answer = { status: 404, body: { message: "not found" } };
  const ref = { apiVersion: "v1", kind: "Secret", name: "a", namespace: "b" };
  expect(await client.get(ref)).toBeUndefined();
  await client.delete(ref);
  expect(asked.map(({ line }) => line)).toEqual([
    "GET /api/v1/namespaces/b/secrets/a",
    "DELETE /api/v1/namespaces/b/secrets/a?propagationPolicy=Foreground",
  ]);
});

test("a refusal is told in the API server's own words", async () => {
  answer = { status: 422, body: { message: 'Job.batch "a" is invalid: field is immutable' } };
  const refused = client.apply(policy, { manager: "pulumi", dryRun: false, force: true });
  await expect(refused).rejects.toThrow(/^Job\.batch "a" is invalid: field is immutable$/);
  await expect(refused).rejects.toSatisfy((error) => isStatus(error, 422));
});

test("a server that is gone is unreachable, not a refusal", async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await expect(client.list("/api/v1/namespaces/b/pods", "a=b")).rejects.toBeInstanceOf(Unreachable);
});

function kubeconfig(port: number, ca: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    clusters: [
      {
        name: "c",
        cluster: {
          server: `https://127.0.0.1:${port}`,
          "certificate-authority-data": Buffer.from(ca).toString("base64"),
        },
      },
    ],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    users: [
      {
        name: "u",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1",
            command: "doctl",
            args: ["kubernetes", "cluster", "kubeconfig", "exec-credential", "1"],
          },
        },
      },
    ],
  });
}
