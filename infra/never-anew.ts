import * as pulumi from "@pulumi/pulumi";

/**
 * Refuses, in preview and update, to make what the last update left and the state has forgotten. A
 * refresh takes what it does not find out of the state without a word, `protect` or not. The
 * preview refuses, too, because a merge may be deployed before anybody looks.
 *
 * The engine calls the hook before a create, also before that of a replacement: what the
 * configuration replaces has no refusal (pulumi/pulumi v3.259.0 `pkg/resource/deploy/step.go`,
 * CreateStep.Apply). Where anything may be made there is no hook.
 * @param refusals ends of sentences that begin with the name of what would be made, by this name.
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
  // In one place for all components, so that none of them can forget it.
  pulumi.runtime.registerStackTransformation(({ name, props, opts }) =>
    refusals.has(name) ? { props, opts: { ...opts, hooks: { beforeCreate: [hook] } } } : undefined,
  );
}
