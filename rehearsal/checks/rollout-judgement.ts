import { Readable } from "node:stream";
import { ROLLOUT_JUDGEMENT } from "../../k8s/rollout-judgement.ts";
import { runInSandbox } from "../pods/sandbox.ts";
import { checkOf, type Check } from "./check.ts";
import { BEGAN_AT, ROLLOUT_CASES, type Look, type RolloutCase } from "./rollout-cases.ts";

/** Reads the cases from standard input, and prints the verdict of each. */
const HARNESS = `
require "json"
require "time"
since = Time.parse(ARGV[0])
puts JSON.generate(JSON.parse($stdin.read).map { |one|
  memory = {}
  one["looks"].map { |look|
    judge(look["deployment"], look["replicaSets"], look["pods"], memory, look["at"], since)
  }.last.then { |last|
    fault = last[:fault] || {}
    { done: last[:done], says: last[:says], fault: fault[:fault],
      reason: fault[:reason], message: fault[:message], ended: fault[:ended], said: fault[:said] }
  }
})
`;

/** Last verdict on a rollout, as its step has it. The fault's fields are null without a fault. */
export interface Verdict {
  readonly done: boolean;
  readonly says: string;
  readonly fault: string | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly ended: string | null;
  readonly said: string | null;
}

/**
 * Runs every case through the Ruby code that runs in the cluster.
 * @param root the Debian 13 root file system of images.
 */
export async function checkRolloutJudgement(root: string): Promise<Check> {
  const verdicts = await judged(root, ROLLOUT_CASES, BEGAN_AT);
  return checkOf(
    "the step that waits for a rollout judges each case of the table as it should",
    ROLLOUT_CASES.flatMap((one, i) => complaints(one, verdicts[i])),
    `${ROLLOUT_CASES.length} cases`,
  );
}

function complaints(wanted: RolloutCase, verdict: Verdict | undefined): readonly string[] {
  const { done, says, fault } = verdict ?? { done: undefined, says: "nothing", fault: null };
  const fits =
    done === wanted.done &&
    (fault ?? undefined) === wanted.fault &&
    (wanted.says === undefined || says === wanted.says);
  return fits ? [] : [`${wanted.what}: ${done ? "done" : says}${fault ? `, ${fault}` : ""}`];
}

/**
 * Verdict of each case by the Ruby code that runs in the cluster. Ruby is the images' own: the
 * machine need not have one.
 * @param root the Debian 13 root file system of images.
 * @param began wall time, ISO 8601.
 * @throws Error with Ruby's words, if it ended with a fault.
 */
export async function judged(
  root: string,
  cases: readonly { readonly looks: readonly Look[] }[],
  began: string,
): Promise<readonly Verdict[]> {
  const { exitCode, stdout, stderr } = await runInSandbox({
    root,
    program: ["ruby", "-e", ROLLOUT_JUDGEMENT, "-e", HARNESS, began],
    environment: {},
    mounts: [],
    ...{ uid: 0, gid: 0, hosts: new Map<string, string>(), trustStore: "" },
    timeoutMs: 30_000,
    input: Readable.from([JSON.stringify(cases)]),
  });
  if (exitCode !== 0)
    throw new Error(`The judgement of rollouts ended: ${stderr.trim() || "after 30 s"}`);
  return JSON.parse(stdout) as readonly Verdict[];
}
