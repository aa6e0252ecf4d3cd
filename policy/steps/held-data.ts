import type { StepView } from "../views.ts";
import type { StepRule } from "./rule.ts";
import { isUnlocked, unlockLine } from "./unlocks.ts";

/** Steps after which the resource of before is gone from its cloud. */
const LOSES: ReadonlySet<string> = new Set([
  "delete",
  "delete-replaced",
  "replace",
  "create-replacement",
]);

/** The loss that goes with a resource of a type, as the end of a sentence. */
export const LOST_WITH: Readonly<Record<string, string>> = {
  "digitalocean:index/databaseCluster:DatabaseCluster": "all that is in it, and its backups",
  "digitalocean:index/databaseDb:DatabaseDb": "every table of it",
  "digitalocean:index/databaseUser:DatabaseUser": "the tables that belong to it",
  "digitalocean:index/vpc:Vpc": "the databases in it",
  "digitalocean:index/spacesBucket:SpacesBucket": "every file of it",
  "cloudflare:index/r2Bucket:R2Bucket": "every file of it",
  "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared":
    "the way in, until every record and connector has the new one",
};

/** Types whose resources are guarded by `protect` alone: streaming's role owns no table. */
const IF_PROTECTED = ["digitalocean:index/databaseUser:DatabaseUser", "digitalocean:index/vpc:Vpc"];

/** A database cluster that holds nothing which is not elsewhere, too: `infra/valkey.ts`. */
const HOLDS_NOTHING = ["cache-cluster"];

function holdsData({ type, name, old }: StepView): boolean {
  if (old === undefined || old.retainOnDelete === true) return false;
  if (old.protect) return true;
  return type in LOST_WITH && !IF_PROTECTED.includes(type) && !HOLDS_NOTHING.includes(name);
}

/** No step deletes or replaces what holds data, unless the stack file unlocks exactly that one. */
export const heldData: StepRule = {
  name: "no-loss-without-an-unlock",
  level: "mandatory",
  says: "Nothing that holds data or is protected is deleted or replaced, unless `mastodon:unlocked` names it with the id that it has now.",
  check: (steps, context) => {
    const seen = new Set<string>();
    return steps
      .filter((step) => LOSES.has(step.op) && holdsData(step) && !isUnlocked(step, context))
      .filter(({ urn }) => !seen.has(urn) && seen.add(urn))
      .map((step) => ({
        urn: step.urn,
        message: `"${step.name}" would be ${step.op === "delete" ? "deleted" : "replaced"}, and with it goes ${LOST_WITH[step.type] ?? "what it is protected for"}`,
        cure: unlockLine([step.name], context),
      }));
  },
};
