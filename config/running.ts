import * as pulumi from "@pulumi/pulumi";
import { changeFaults, decidedBy, type Decided } from "./changes.ts";
import type { StackConfig } from "./schema.ts";
import { upgradeFaults } from "./upgrade.ts";
import { MASTODON_VERSION } from "./versions.ts";

/** What the stack says of itself as its output `running`, so that the next update can be held against it. Holds no secret. */
export interface Running extends Decided {
  /** Mastodon's release: "v4.6.5". */
  readonly mastodonVersion: string;
}

/** The output of a stack with this configuration. */
export function runningAs(config: StackConfig): Running {
  return { ...decidedBy(config), mastodonVersion: MASTODON_VERSION };
}

/**
 * Refuses what a running server can't become. Asks the engine for this very stack's last outputs: a new stack has none, and may be
 * anything. No resource is registered for it, so nothing of it stands in the state.
 * @throws RunError naming every such change.
 */
export async function refuseImpossibleChanges(config: StackConfig): Promise<void> {
  const running = await lastRunning();
  const faults = [
    ...upgradeFaults(running?.mastodonVersion, MASTODON_VERSION),
    ...changeFaults(running, config),
  ];
  if (faults.length === 0) return;
  throw new pulumi.RunError(
    `The running server can't become that; nothing was changed:\n${faults.map((each) => `  ${each}`).join("\n")}`,
  );
}

/** What the last update of this stack left; undefined where there was none, or one of before this output. */
async function lastRunning(): Promise<Partial<Running> | undefined> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const answer = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    readonly outputs?: Readonly<Record<string, unknown>>;
  };
  return answer.outputs?.["running"] as Partial<Running> | undefined;
}
