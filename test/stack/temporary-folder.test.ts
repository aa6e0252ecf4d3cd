import { describe, expect, test } from "vitest";
import { TEMPORARY_FOLDER, TEMPORARY_FOLDER_STEP } from "../../domain/temporary-folder.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { podsOf } from "./views.ts";

/** A container's settings for Ruby. */
interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** Pods of Mastodon's image with a writable folder. Those that wait for a rollout write nothing. */
const inRuby = podsOf(await planStack()).filter(({ spec }) =>
  (spec["containers"] as readonly Container[]).some(
    ({ image, volumeMounts }) =>
      /\/mastodon:/u.test(image) && volumeMounts?.some(({ mountPath }) => mountPath === "/tmp"),
  ),
);

describe("a kubelet makes every emptyDir 0777 without the sticky bit, and Ruby keeps no temporary file there: large uploads would all fail", () => {
  test.each(inRuby.map((pod) => [pod.name, pod.spec] as const))(
    "%s makes a folder of its own first",
    (_name, spec) => {
      const [first] = spec["initContainers"] as readonly Container[];
      const [own] = spec["containers"] as readonly Container[];
      const temporary = own?.volumeMounts?.find(({ mountPath }) => mountPath === "/tmp");
      expect(own?.env).toContainEqual({ name: "TMPDIR", value: TEMPORARY_FOLDER });
      expect(TEMPORARY_FOLDER.startsWith("/tmp/")).toBe(true);
      expect(first).toMatchObject({
        name: TEMPORARY_FOLDER_STEP,
        // An image that runs anyway, so that no other is pulled.
        image: own?.image,
        args: ["mkdir", "-p", "-m", "0700", TEMPORARY_FOLDER],
        volumeMounts: [{ name: temporary?.name, mountPath: "/tmp" }],
      });
    },
  );

  test("and there is more than one such pod, or the rows above would prove nothing", () => {
    expect(inRuby.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["web", "sidekiq-default", "preflight", "migrate-pre-deployment"]),
    );
  });
});
