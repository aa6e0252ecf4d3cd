import * as pulumi from "@pulumi/pulumi";

/**
 * Refuses, in preview and update, to create again a resource that the last update left and the
 * state has lost. A refresh removes resources that it does not find from the state without a
 * message, `protect` or not. The preview refuses, too, because a merge may be deployed without a
 * review of it.
 *
 * The engine calls the hook before a create, including that of a replacement (pulumi/pulumi
 * v3.259.0 `pkg/resource/deploy/step.go`, CreateStep.Apply). So a resource that the configuration
 * replaces has no refusal. If nothing is refused, no hook is registered.
 * @param refusals ends of messages that begin with the name of the resource, by that name.
 */
export function refuseAnew(refusals: ReadonlyMap<string, string>): void {
  if (refusals.size === 0) return;
  const hook = new pulumi.ResourceHook(
    "never-anew",
    ({ name }) => {
      throw new Error(`${name} ${refusals.get(name)}.`);
    },
    { onDryRun: true },
  );
  // One place for all components, so that none can forget it.
  pulumi.runtime.registerStackTransformation(({ name, props, opts }) =>
    refusals.has(name) ? { props, opts: { ...opts, hooks: { beforeCreate: [hook] } } } : undefined,
  );
}
