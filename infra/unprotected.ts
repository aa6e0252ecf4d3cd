import * as pulumi from "@pulumi/pulumi";

/**
 * Registers these resources without protection, so that this update may replace them. The engine
 * replaces a resource if the program no longer protects it, independent of the state (pulumi/pulumi
 * v3.259.0 `pkg/resource/deploy/step_generator.go`, `new.Protect && old.Protect`). It deletes one
 * only after an update in which the program did not protect it.
 * @param names logical names.
 */
export function leaveUnprotected(names: readonly string[]): void {
  if (names.length === 0) return;
  // One place for all components, as in `never-anew.ts`.
  pulumi.runtime.registerStackTransformation(({ name, props, opts }) =>
    names.includes(name) ? { props, opts: { ...opts, protect: false } } : undefined,
  );
}
