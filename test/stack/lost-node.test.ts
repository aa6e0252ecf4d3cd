import { expect, test } from "vitest";
import { planStack } from "../../plan/plan-stack.ts";
import { deployments, nameOf } from "../peers/dangers/view.ts";

const ours = deployments(await planStack()).filter(
  (resource) => nameOf(resource) !== "metrics-server",
);

test("every Deployment leaves a node that is lost in half a minute: Kubernetes' own default is five", () => {
  const seconds = ours.map((deployment) => {
    const { spec } = deployment.inputs as {
      spec: { template: { spec: { tolerations?: readonly Record<string, unknown>[] } } };
    };
    const { tolerations = [] } = spec.template.spec;
    return [
      nameOf(deployment),
      ...["not-ready", "unreachable"].map(
        (state) =>
          tolerations.find(({ key }) => key === `node.kubernetes.io/${state}`)?.[
            "tolerationSeconds"
          ],
      ),
    ];
  });
  expect(seconds.length).toBeGreaterThan(4);
  expect(seconds).toEqual(seconds.map(([name]) => [name, 30, 30]));
});
