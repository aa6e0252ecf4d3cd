import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { Haste } from "../../engine/haste.ts";
import type { StateResource } from "../../engine/operation.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

/** Registrations of a program whose Deployments pause for this long between two pods. */
async function registered(
  haste: Haste,
  pauses: Readonly<Record<string, number | undefined>>,
): Promise<ReadonlyMap<string, unknown>> {
  const specs = new Map<string, unknown>();
  await pulumi.runtime.setMocks({
    newResource: ({ name, type, inputs }) => {
      const { spec } = inputs as { readonly spec?: unknown };
      if (type === DEPLOYMENT) specs.set(name, spec);
      return { id: name, state: inputs as object };
    },
    call: () => ({}),
  });
  const program = haste.shortened(async () => {
    for (const [name, minReadySeconds] of Object.entries(pauses))
      new kubernetes.apps.v1.Deployment(name, {
        spec: {
          replicas: 2,
          ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
          selector: {},
          template: {},
        },
      });
  });
  await pulumi.runtime.runInPulumiStack(program as () => Promise<void>);
  await pulumi.runtime.disconnect();
  return specs;
}

const inState = (name: string, spec: object): StateResource => ({
  urn: `urn:pulumi:prod::mastodon::${DEPLOYMENT}::${name}`,
  type: DEPLOYMENT,
  custom: true,
  inputs: { spec },
});

test("a drill waits a second for each begun minute of a pause, and its timeline still tells the whole", async () => {
  const haste = new Haste();
  const specs = await registered(haste, { slow: 61, quick: 30, none: undefined });
  expect(specs.get("slow")).toMatchObject({ minReadySeconds: 2, replicas: 2 });
  expect(specs.get("quick")).toMatchObject({ minReadySeconds: 1 });
  expect(specs.get("none")).not.toHaveProperty("minReadySeconds");

  const asAsked = (name: string, spec: object) => haste.asAsked(inState(name, spec)).inputs;
  expect(asAsked("slow", { minReadySeconds: 2, replicas: 2 })).toEqual({
    spec: { minReadySeconds: 61, replicas: 2 },
  });
  expect(asAsked("none", { replicas: 2 })).toEqual({ spec: { replicas: 2 } });
});
