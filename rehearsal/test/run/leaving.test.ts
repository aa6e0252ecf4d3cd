import type { V1Container, V1EndpointSliceList, V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { pauseBeforeStop } from "../../pods/leaving.ts";

const POD: V1Pod = { metadata: { uid: "leaving", namespace: "mastodon" } };
const PAUSES: V1Container = { name: "nginx", lifecycle: { preStop: { sleep: { seconds: 10 } } } };

/** A Service that contains the pod for a number of looks. */
function naming(looks: number) {
  let left = looks;
  const list = (): Promise<V1EndpointSliceList> => {
    left -= 1;
    const ready = left >= 0;
    const targetRef = { uid: "leaving" };
    return Promise.resolve({
      items: [
        { addressType: "IPv4", endpoints: [{ addresses: [], conditions: { ready }, targetRef }] },
      ],
    });
  };
  return { discovery: { listNamespacedEndpointSlice: list }, looksLeft: () => left };
}

test("a leaving pod answers until no Service names it: else its last requests are lost", async () => {
  const { discovery, looksLeft } = naming(3);
  await pauseBeforeStop(discovery, POD, PAUSES, () => false);
  expect(looksLeft()).toBe(-1);
});

test("a pod without a pause stops at once, and so does one whose run ends", async () => {
  const { discovery, looksLeft } = naming(3);
  await pauseBeforeStop(discovery, POD, { name: "bare" }, () => false);
  await pauseBeforeStop(discovery, POD, PAUSES, () => true);
  expect(looksLeft()).toBe(3);
});
