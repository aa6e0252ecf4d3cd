import type { V1EndpointSlice, V1Service } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { checkEndpoints } from "../../checks/endpoints.ts";

const service = (selector?: Readonly<Record<string, string>>): V1Service => ({
  metadata: { name: "web", namespace: "mastodon" },
  spec: { ports: [{ name: "http", port: 3000 }], ...(selector && { selector }) },
});

const slice = (change: Partial<V1EndpointSlice> = {}): V1EndpointSlice => ({
  addressType: "IPv4",
  metadata: { namespace: "mastodon", labels: { "kubernetes.io/service-name": "web" } },
  ports: [{ name: "http", port: 3000 }],
  endpoints: [{ addresses: ["10.244.0.2"], conditions: { ready: true } }],
  ...change,
});
const notReady = [{ addresses: ["10.244.0.2"], conditions: { ready: false } }];
const elsewhere = { namespace: "other", labels: { "kubernetes.io/service-name": "web" } };

test("a Service that leads to a ready pod on its port passes", () => {
  expect(checkEndpoints([service({ app: "web" })], [slice()])).toMatchObject({ passed: true });
});

test.each([
  ["whose selector finds no pod", [slice({ endpoints: [] })], "web leads to no ready pod"],
  ["whose pods are not ready", [slice({ endpoints: notReady })], "web leads to no ready pod"],
  ["of another namespace's pods", [slice({ metadata: elsewhere })], "web leads to no ready pod"],
  ["whose port no container has", [slice({ ports: [] })], "no pod of web has the port http"],
])("a Service %s fails", (_name, slices, detail) => {
  expect(checkEndpoints([service({ app: "web" })], slices)).toMatchObject({
    passed: false,
    detail,
  });
});

test("a cluster without such a Service proves nothing", () => {
  expect(checkEndpoints([service()], [slice()])).toMatchObject({ passed: false });
});
