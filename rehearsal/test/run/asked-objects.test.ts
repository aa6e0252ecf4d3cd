import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { AskedObjects } from "../../engine/asked-objects.ts";

test("a field that the provider would drop, and a secret, are remembered as the program gave them", async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
    call: () => ({}),
  });
  const objects = new AskedObjects();
  const program = objects.remembered(async () => {
    new kubernetes.core.v1.Secret("secret", {
      stringData: { KEY: pulumi.secret("hunter2") },
      metadata: { lables: { a: "b" } } as object,
    });
    new pulumi.ComponentResource("mastodon:k8s:Web", "web");
  });
  await pulumi.runtime.runInPulumiStack(program as () => Promise<void>);
  await pulumi.runtime.disconnect();

  expect(objects.all()).toEqual([
    {
      type: "kubernetes:core/v1:Secret",
      name: "secret",
      inputs: expect.objectContaining({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { lables: { a: "b" } },
        stringData: { KEY: "hunter2" },
      }) as object,
    },
  ]);
});
