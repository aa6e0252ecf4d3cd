import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CLUSTER } from "../clouds/digitalocean/doks.ts";
import { DATABASE } from "../clouds/digitalocean/database-address.ts";
import { NotFound, type Call, type Watcher } from "./calls.ts";
import type { FaultCase } from "./fault-cells.ts";
import type { FastWorld } from "./fast-world.ts";
import type { Seen } from "./invariants.ts";

/**
 * The faults of one update, by kind. A fault here is the one that is left after the
 * providers' own retries.
 */

/** In a stack that begins. */
export const NEW = { begins: "new" } as const;
/** In a stack that lives. */
const LIVING = { begins: "living" } as const;

/** Watches, until it is switched off. */
export function watching(watcher: Watcher): (fast: FastWorld) => () => void {
  return (fast) => {
    fast.watch(watcher);
    return () => fast.watch(() => {});
  };
}

/** Fails the first call that fits. */
function once(fits: (call: Call) => boolean, words: string): FaultCase["disturb"] {
  let done = false;
  return watching((call) => {
    if (done || !fits(call)) return;
    done = true;
    throw new Error(words);
  });
}

/** Whether a call is of this kind, at this boundary, of such a type. */
export const is = (kind: Call["kind"], when: Call["when"], type: RegExp) => (call: Call) =>
  call.kind === kind && call.when === when && type.test(call.ref.type);

const CLOUDS = ["digitalocean", "cloudflare"] as const;

/** Answers to reads that are no answers, or wrong ones. */
const atRefresh: readonly FaultCase[] = CLOUDS.flatMap((cloud) => [
  ...[
    "401 Unable to authenticate you",
    "403 You are not authorized",
    "503 Service Unavailable",
  ].map((words): FaultCase => ({
    ...LIVING,
    fault: `${words.slice(0, 3)} at a refresh`,
    step: `every read of ${cloud}`,
    disturb: watching((call) => {
      if (is("read", "before", new RegExp(`^${cloud}:`, "u"))(call)) throw new Error(words);
    }),
    then: nothingForgotten,
  })),
  {
    ...LIVING,
    fault: "another account's token: 404 at a refresh",
    step: `every read of ${cloud}`,
    disturb: watching((call) => {
      if (is("read", "after", new RegExp(`^${cloud}:`, "u"))(call)) throw new NotFound();
    }),
  },
]);

/** A type that a read does not find for a while, although it is there. */
export function lateCase(type: string): FaultCase {
  return {
    ...LIVING,
    fault: "not found for a while after its create",
    step: type.split(":").at(-1) ?? type,
    disturb: watching((call) => {
      if (call.kind === "read" && call.when === "after" && call.ref.type === type)
        throw new NotFound();
    }),
  };
}

const refusals: readonly FaultCase[] = [
  {
    ...NEW,
    fault: "429",
    step: "create at digitalocean",
    disturb: once(is("create", "before", /^digitalocean:/u), "429 API Rate limit exceeded."),
  },
  {
    ...NEW,
    fault: "429",
    step: "create at cloudflare",
    disturb: once(is("create", "before", /^cloudflare:/u), "429 Too Many Requests"),
  },
  ...[CLUSTER, DATABASE].map((type): FaultCase => ({
    ...NEW,
    fault: "creating that never ends",
    step: type.split(":").at(-1) ?? type,
    disturb: ({ world }) => {
      world.slowed.set(`create ${type}`, 24 * 3_600);
      return () => void world.slowed.clear();
    },
  })),
  {
    ...NEW,
    fault: "quota: no more Droplets",
    step: "KubernetesCluster",
    disturb: ({ world }) => {
      world.account.dropletLimit = 0;
      return () => void (world.account.dropletLimit = Infinity);
    },
  },
  {
    ...NEW,
    fault: "plan is not to be had",
    step: "DatabaseCluster",
    disturb: ({ world }) => {
      world.account.missingDatabaseSizes.add("db-s-1vcpu-2gb");
      return () => world.account.missingDatabaseSizes.clear();
    },
  },
];

const away: readonly FaultCase[] = [
  {
    ...LIVING,
    fault: "the cluster's API does not answer",
    step: "before an update",
    disturb: ({ clusters }) => {
      clusters.away = true;
      return () => void (clusters.away = false);
    },
    then: nothingForgotten,
  },
  {
    ...NEW,
    fault: "the cluster's API does not answer",
    step: "in the middle of the first update",
    disturb: (fast) => {
      const { clusters } = fast;
      fast.watch(({ ref }) => {
        if (ref.type === "kubernetes:batch/v1:Job") clusters.away = true;
      });
      return () => void (clusters.away = false);
    },
  },
];

/**
 * The folder of the stack's state is no folder for a while, as on a full or lost disk. The engine
 * tries each write a dozen times, a second apart and then a little more (pulumi/pulumi v3.259.0
 * `pkg/backend/diy/state.go`), so such a case takes minutes.
 */
function stateAway({ directory }: FastWorld): () => void {
  const folder = join(directory, "state", ".pulumi", "stacks", "mastodon");
  const aside = join(directory, "state-aside");
  renameSync(folder, aside);
  writeFileSync(folder, "");
  return () => {
    rmSync(folder);
    renameSync(aside, folder);
  };
}

const unwritten: readonly FaultCase[] = [
  /zeroTrust.*Cloudflared:/u,
  /kubernetesCluster:/u,
  /Job/u,
].map((type) => {
  let back = (): void => {};
  return {
    ...NEW,
    fault: "the state can't be written",
    step: `from the create of ${type.source} on`,
    disturb: (fast) => {
      let gone = false;
      fast.watch((call) => {
        if (gone || !is("create", "after", type)(call)) return;
        gone = true;
        back = stateAway(fast);
      });
      return () => back();
    },
  };
});

/** The cases of which each commit tries a share. */
export const SINGLE_CASES: readonly FaultCase[] = [
  ...atRefresh,
  ...refusals,
  ...away,
  ...unwritten,
  lateCase(DATABASE),
];

/** Nothing that existed has left the state. */
function nothingForgotten(after: Seen, before: Seen): readonly string[] {
  const held = new Set(after.state.map(({ urn, id }) => `${urn} ${id}`));
  const gone = before.state.filter(({ urn, id }) => !held.has(`${urn} ${id}`));
  return gone.length === 0 ? [] : [`${gone.length} of ${before.state.length} left the state`];
}
