import { expect, test } from "vitest";
import { idOf, keyOf, objectOf } from "../../rehearsal/providers/kubernetes/objects.ts";
import { Secret } from "../../rehearsal/providers/values.ts";

const deployment = (spec: object) => ({ apiVersion: "apps/v1", kind: "Deployment", spec });

test("a Deployment's pause between pods is shortened, or a rehearsal waits as long as the real cluster; it stays one", () => {
  expect(objectOf(deployment({ replicas: 2, minReadySeconds: 30 }))).toEqual(
    deployment({ replicas: 2, minReadySeconds: 1 }),
  );
  expect(objectOf(deployment({ minReadySeconds: 120 }))).toEqual(
    deployment({ minReadySeconds: 2 }),
  );
});

test("nothing else of what the stack asks for is changed", () => {
  const set = { apiVersion: "apps/v1", kind: "StatefulSet", spec: { minReadySeconds: 30 } };
  expect(objectOf(set)).toEqual(set);
  expect(objectOf(deployment({ replicas: 2 }))).toEqual(deployment({ replicas: 2 }));
  const secret = { apiVersion: "v1", kind: "Secret", stringData: new Secret({ a: "b" }) };
  expect(objectOf(secret)).toEqual({ ...secret, stringData: { a: "b" } });
});

test("objects are called as the real provider calls them", () => {
  expect(idOf({ apiVersion: "v1", kind: "Secret", namespace: "mastodon", name: "a" })).toBe(
    "mastodon/a",
  );
  expect(idOf({ apiVersion: "v1", kind: "Namespace", namespace: "", name: "a" })).toBe("a");
  expect(keyOf(deployment({}))).toBe("apps/v1/Deployment");
});
