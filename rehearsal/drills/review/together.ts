import { readFile, writeFile } from "node:fs/promises";
import { runStack } from "../../../index.ts";
import { decide, type Decision, type OwnPreview } from "../../../ops/ci/gate.ts";
import type { MainCommit } from "../../../ops/ci/landed.ts";
import { reviewOf } from "../../../ops/ci/review.ts";
import { marksOf } from "../../../ops/report/step-marks.ts";
import type { Images } from "../../../config/images.ts";
import { checkOf } from "../../checks/check.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { DRILLED } from "../../releases.ts";
import type { Findings } from "../drill.ts";
import { imagesOf } from "../release-steps.ts";
import { setting, type Change } from "./change.ts";
import { previewOf, propose } from "./merge.ts";

/** Two pull requests that are merged before either is deployed, and the gate of their deploy. */

/** Its steps are other ones than those of the release: a rule of the edge, too. */
const SCALE: Change = {
  name: "fewer-threads",
  propose: setting({ "web.threads": 6, "cloudflare.blockedAddresses": ["203.0.113.0/24"] }),
};
const RELEASE: Change = {
  name: "next-release",
  propose: ({ deploy }) => deploy(imagesOf(DRILLED.now)),
};
const BOTH: Change = {
  name: "both",
  propose: async (proposal) => {
    await SCALE.propose?.(proposal);
    await RELEASE.propose?.(proposal);
  },
};

/** Commits that no comparison reads. */
const commit = (number: number): string => `${number}`.repeat(40).slice(0, 40);
const DEPLOYED = commit(0);

/** The commit of a pull request whose comment has this preview. */
function merged(number: number, { level, steps, changes }: OwnPreview): MainCommit {
  const each = marksOf(changes);
  const verdict = {
    ...{ head: commit(number), base: DEPLOYED, level, steps },
    ...(each === undefined ? {} : { each }),
  };
  return { commit: commit(10 + number), pull: { number, head: commit(number), verdict } };
}

/** The gate's decision about a deploy of the first of these commits. */
function gate(preview: OwnPreview, commits: readonly MainCommit[]): Decision {
  const newest = commits[0]?.commit ?? DEPLOYED;
  const since = { deployed: DEPLOYED, commits };
  return decide({ stack: "prod", preview, commit: newest, main: newest, since });
}

/**
 * Previews each pull request alone, then both as their deploy does. The deploy fails in its first
 * step, is previewed again, and is then taken back.
 */
export async function mergeTogether(
  rehearsal: Rehearsal,
  images: Images,
  { checks }: Findings,
): Promise<string> {
  const { stack, internet } = rehearsal;
  const scale = await alone(rehearsal, SCALE, images);
  const release = await alone(rehearsal, RELEASE, images);
  const { before } = await propose(rehearsal, BOTH, images);
  const both = await previewed(rehearsal, before.text);
  const goesOn = gate(both, [merged(2, release), merged(1, scale)]);
  checks.push(
    checkOf(
      "the gate takes the steps of two pull requests, each previewed without the other",
      goesOn.stop === undefined ? [] : [goesOn.says, ...(goesOn.steps ?? [])],
      `${scale.changes.length} and ${release.changes.length} changes alone, ${both.changes.length} together`,
    ),
  );
  const stopped = gate(both, [merged(1, scale)]);
  const unnamed = release.changes
    .filter(({ urn }) => !scale.changes.some((each) => each.urn === urn))
    .filter(({ name }) => stopped.steps?.some((step) => step.includes(`\`${name}\``)) !== true);
  checks.push(
    checkOf(
      "the gate names every step that nobody reviewed",
      [
        ...(stopped.stop === undefined ? ["it goes on"] : []),
        ...unnamed.map(({ name }) => `${name} is not named`),
      ],
      `${stopped.steps?.length ?? 0} of ${both.changes.length} named`,
    ),
  );
  await internet.disconnect();
  const failed = await stack.up({ refresh: true });
  await internet.connect();
  const rest = await previewed(rehearsal, before.text);
  const afterFailure = gate(rest, [merged(2, release), merged(1, scale)]);
  checks.push(
    checkOf(
      "the gate takes the rest of a deploy that failed",
      [
        ...(failed.failure === undefined ? ["the update did not fail"] : []),
        ...(afterFailure.stop === undefined ? [] : [afterFailure.says]),
        ...(afterFailure.steps ?? []),
      ],
      `${failed.steps.length} steps begun, ${rest.changes.length} changes left`,
    ),
  );
  await writeFile(stack.stackFile, before.text);
  stack.deploy(() => runStack(before.images));
  const back = await stack.up({ refresh: true });
  if (back.failure !== undefined) throw new Error(back.failure);
  return `${both.changes.length} changes together, ${rest.changes.length} after a failure`;
}

/** The preview of one pull request, on top of a main that has none of the others. */
async function alone(rehearsal: Rehearsal, change: Change, images: Images): Promise<OwnPreview> {
  const { before } = await propose(rehearsal, change, images);
  const preview = await previewed(rehearsal, before.text);
  await writeFile(rehearsal.stack.stackFile, before.text);
  rehearsal.stack.deploy(() => runStack(before.images));
  return preview;
}

/** The preview of what the stack file and the program are now. */
async function previewed(rehearsal: Rehearsal, before: string): Promise<OwnPreview> {
  const { operation, events } = await previewOf(rehearsal, BOTH);
  const { own } = reviewOf({
    stack: "prod",
    after: await readFile(rehearsal.stack.stackFile, "utf8"),
    before,
    log: events.map((event) => JSON.stringify(event)),
    status: operation.failure === undefined ? 0 : 1,
    cancelled: false,
    printed: operation.failure ?? "",
    at: new Date(),
    url: "",
  });
  if (own.refused) throw new Error(`The preview was refused: ${own.reason}`);
  return own;
}
