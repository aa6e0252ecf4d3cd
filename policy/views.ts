/**
 * Views of a change and of a stack, which rules judge, and their findings. A step view comes from
 * the engine's events, so it has the operation and the old side. A resource view comes from the
 * program or from the engine's policy host, so it has the new inputs only.
 */

/** One step of the engine, from `resourcePreEvent.metadata` of its event log. */
export interface StepView {
  /**
   * Pulumi's `OpType`: "create", "update", "replace", "create-replacement", "delete-replaced",
   * "delete", "same", "import" and so on.
   */
  readonly op: string;
  readonly urn: string;
  /** Type token: "kubernetes:apps/v1:Deployment". */
  readonly type: string;
  /** Logical name, the last part of the URN: "web". */
  readonly name: string;
  /** Properties that cause a replacement. */
  readonly keys: readonly string[];
  /** Properties that differ. */
  readonly diffs: readonly string[];
  /** Difference by property path. */
  readonly detailedDiff: Readonly<
    Record<string, { readonly diffKind: string; readonly inputDiff: boolean }>
  >;
  /** The resource in the state; unset if it is not in it. */
  readonly old?: SideView;
  /** The resource after the step; unset if the step deletes it. */
  readonly new?: SideView;
}

/** A resource before or after a step. The engine shows its secrets as "[secret]". */
export interface SideView {
  /** Physical id; unset if there is none yet. */
  readonly id?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
  /** Whether the cloud keeps it when the state forgets it. Default: no. */
  readonly retainOnDelete?: boolean;
}

/** One resource with its inputs, as the program asks for it. Its secrets are in the clear. */
export interface ResourceView {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** New inputs. No message may contain a value of them: they include passwords. */
  readonly props: Readonly<Record<string, unknown>>;
  /** URNs on which each input depends, by the input's name. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
}

/** Strength of a rule: a mandatory one stops the engine or the deploy; an advisory one prints. */
export type Enforcement = "mandatory" | "advisory";

/** One violation of a rule. */
export interface Finding {
  /** Name of the rule: "no-outage-without-a-name". */
  readonly rule: string;
  readonly level: Enforcement;
  /** The resource that breaks the rule; unset for the stack as a whole. */
  readonly urn?: string;
  readonly message: string;
  /** One command that allows the step, if there is one. */
  readonly cure?: string;
}
