import type { V1Pod } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { IMAGES } from "../../../config/images.ts";
import { partsOf } from "../../../domain/images.ts";
import { PodCount } from "../../checks/serving-pods.ts";
import { DRILLED } from "../../releases.ts";
import { countedPod } from "./counted-pod.ts";

const [OLD, NEW] = [DRILLED.before, partsOf(IMAGES.mastodon).tag];

function pod(
  component: string,
  version: string,
  how: { readonly phase?: string; readonly leaving?: boolean; readonly image?: string } = {},
): V1Pod {
  const { phase = "Running", leaving = false, image = IMAGES.mastodon } = how;
  const name = `${component}-${version}`;
  return {
    metadata: countedPod(component, name, leaving),
    spec: { containers: [{ name: "c", image: `${partsOf(image).repository}:${version}` }] },
    status: { phase },
  };
}

/** Verdict on a release whose last step starts while these pods exist. */
function verdict(there: readonly V1Pod[], later: readonly V1Pod[] = []) {
  const count = new PodCount({ ready: {}, atMost: {} }, there);
  count.put(pod("migrate-post-deployment", NEW, { phase: "Pending" }));
  for (const each of later) count.put(each);
  return count.order;
}

const web = pod("web", NEW);

test("a last step that begins when all that is alive is new passes, whatever comes after", () => {
  const done = pod("preflight", OLD, { phase: "Succeeded" });
  const nginx = pod("assets", OLD, { image: IMAGES.nginx });
  expect(verdict([web, done, nginx], [pod("sidekiq-default", OLD)])).toMatchObject({
    passed: true,
    detail: "1 times",
  });
});

test.each([
  ["serves", pod("web", OLD)],
  ["has been told to go", pod("sidekiq-default", OLD, { leaving: true })],
  ["is streaming's", pod("streaming", OLD, { image: IMAGES.streaming })],
])("an old pod that %s is seen", (_name, old) => {
  expect(verdict([web, old])).toMatchObject({
    passed: false,
    detail: `when migrate-post-deployment-${NEW} of ${NEW} was made, ${old.metadata?.name} of ${OLD} was alive`,
  });
});

test("a release without such a step proves nothing", () => {
  expect(new PodCount({ ready: {}, atMost: {} }, [web]).order).toMatchObject({ passed: false });
});
