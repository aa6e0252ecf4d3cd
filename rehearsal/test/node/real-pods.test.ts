import { expect, it } from "vitest";
import { readyWords } from "../../checks/real-pods.ts";

const at = (seconds: number): Date => new Date(1_780_000_000_000 + seconds * 1_000);
const pod = (component: string, seconds: number) => ({
  metadata: { labels: { "app.kubernetes.io/component": component }, creationTimestamp: at(0) },
  status: {
    conditions: [{ type: "Ready", status: "True", lastTransitionTime: at(seconds) }],
  },
});

it("the slowest pod of a component is not hidden behind a fast one", () => {
  const pods = [pod("assets", 2), pod("web", 9), pod("web", 6), pod("metrics-server", 31)];
  expect(readyWords(pods)).toBe("metrics-server 31, web 9, assets 2");
});
