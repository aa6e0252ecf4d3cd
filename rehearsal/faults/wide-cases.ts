import { FINDERS, lookupOf } from "../../ops/recover/finders.ts";
import { CLUSTER } from "../clouds/digitalocean/doks.ts";
import { DATABASE } from "../clouds/digitalocean/database-address.ts";
import { recover } from "../drills/recover.ts";
import type { Operation } from "../engine/operation.ts";
import { is, lateCase, NEW, watching } from "./cases.ts";
import { changeObjects } from "./changes.ts";
import type { Call } from "./calls.ts";
import type { FaultCase } from "./fault-cells.ts";
import type { FastWorld } from "./fast-world.ts";
import type { Seen } from "./invariants.ts";
import { Waves } from "./waves.ts";

/** The cases that each night tries, beside those of each commit. */

/** Every call of one wave ends with an error. */
function waveFails(when: Call["when"], at: number) {
  return (fast: FastWorld): (() => void) => {
    const error = new Error("500 Internal Server Error");
    const waves = new Waves(fast, when, {
      answer: (wave) => (wave.at === at ? error : undefined),
    });
    return watching(waves.watcher)(fast);
  };
}

/** Waves of a first update: about one more than there are. */
const WAVES = Array.from({ length: 24 }, (_, at) => at);

/**
 * Errors of whole waves of a first update: together they are all its calls. After the effect the
 * provider has lost the id, and the state holds nothing.
 *
 * Kubernetes' provider loses it, too. It creates by POST, for `upsertExistingObjects` is not set
 * (`infra/cluster.ts`). It tries again at a 404 alone, and answers any other error without an id;
 * client-go sends no POST again whose answer was lost. Only an object that was stored and does not
 * get ready keeps its id: a Job that fails, say. So the next create of the same name is refused
 * with "already exists", and what Pulumi names would be there twice.
 *
 * Sources: pulumi-kubernetes `provider/pkg/await/await.go` Creation and
 * `provider/pkg/provider/provider.go` Create, at 94977969d of 2026-07 (after 4.32.0). The
 * `provider.d.ts` of the pinned 4.34.2 says the same of `upsertExistingObjects`.
 * k8s.io/client-go v0.37.1 `rest/request.go` isErrRetryableFunc. Read 2026-11-29.
 */
const waves: readonly FaultCase[] = (["before", "after"] as const).flatMap((when) =>
  WAVES.map((at) => ({
    ...NEW,
    fault: `error ${when} the effect`,
    step: `wave ${at}`,
    disturb: waveFails(when, at),
  })),
);

/**
 * The same where a change of a living stack replaces objects, and the change is then reverted. No
 * update creates those objects again, so only recover can end them.
 */
const givenUp: readonly FaultCase[] = WAVES.slice(0, 8).map((at) => ({
  begins: "living",
  fault: "error after the effect",
  step: `a change that is given up, wave ${at}`,
  disturb: async (fast) => {
    await fast.stack.editConfig(changeObjects);
    const off = waveFails("after", at)(fast);
    return () => {
      off();
      fast.restoreFile();
    };
  },
}));

/** Not in production's stack file. */
const ABSENT = /:(?:DatabaseReplica|SpacesKey|WorkersRoute)$/u;

/** Types that their cloud lists. */
const LISTED: readonly string[] = Object.keys(FINDERS).filter(
  (type) => lookupOf(type) !== undefined && type !== DATABASE && !ABSENT.test(type),
);

/**
 * A call that never answers. A provider's own limit makes an error of it, before the effect or
 * after. Without a limit the end of the update ends it: GitHub cancels a job after six hours.
 */
const hangs: readonly FaultCase[] = (["before", "after"] as const).flatMap((when) =>
  [/Cloudflared:/u, /kubernetesCluster:/u, /:Job$/u].map((type): FaultCase => ({
    ...NEW,
    fault: `no answer, ${when} the effect`,
    step: `create of ${type.source}, until the update is ended`,
    disturb: (fast) => {
      let hung = false;
      return watching(async (call) => {
        if (hung || !is("create", when, type)(call)) return;
        hung = true;
        await fast.engine.kill();
      })(fast);
    },
  })),
);

/** A first update that stands still at its cluster while something else is tried. */
function meanwhile(
  step: string,
  tried: (fast: FastWorld, refused: string[]) => Promise<void>,
): FaultCase {
  const refused: string[] = [];
  let release = (): void => {};
  let reached = Promise.resolve();
  return {
    ...NEW,
    fault: "two at once",
    step,
    disturb: (fast) => {
      refused.length = 0;
      const open = Promise.withResolvers<void>();
      const here = Promise.withResolvers<void>();
      [release, reached] = [open.resolve, here.promise];
      fast.watch(async (call) => {
        if (!is("create", "before", new RegExp(`^${CLUSTER}$`, "u"))(call)) return;
        here.resolve();
        await open.promise;
      });
      return () => release();
    },
    run: async (fast): Promise<Operation> => {
      const first = fast.stack.up();
      await Promise.race([reached, first]);
      try {
        await tried(fast, refused);
      } finally {
        release();
      }
      return await first;
    },
    then: (_after: Seen, _before: Seen, first: Operation) => [
      ...refused,
      ...(first.failure === undefined ? [] : ["the first one did not come to its end"]),
    ],
  };
}

/** The lock's sentence, by the part that names the command which takes it away. */
const LOCKED = /pulumi cancel/u;

const twoAtOnce: readonly FaultCase[] = [
  meanwhile("a second update, and recover, while the first lives", async (fast, wrong) => {
    const said = await fast.stack
      .pulumi(["refresh", "--yes", "--skip-preview", "--stack", "prod"])
      .then(
        () => "the second one went on",
        (error: unknown) => String(error),
      );
    if (!LOCKED.test(said)) wrong.push(`the second one: ${said.slice(0, 200)}`);
    const recovered = await recover(fast, ["--yes"]);
    if (recovered.well || !LOCKED.test(recovered.said))
      wrong.push(`recover, over an update that lives: ${recovered.said}`);
  }),
  meanwhile("the lock is taken from an update that lives", async (fast) => {
    await fast.stack.pulumi(["cancel", "--stack", "prod", "--yes"]);
  }),
];

/** All of them: too long for every commit. */
export const WIDE_CASES: readonly FaultCase[] = [
  ...twoAtOnce,
  ...hangs,
  ...LISTED.map(lateCase),
  ...waves,
  ...givenUp,
];
