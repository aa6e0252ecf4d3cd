import { checkOf, type Check } from "../../checks/check.ts";
import { REQUESTS, type Health } from "./health.ts";

/** Differences that a night allows, because it is about their loss. */
export interface Lost {
  /** Protected resources that are other ones, by name. Default: none. */
  readonly replaced?: readonly string[];
  /** Tables whose rows are those of a dump. Default: none. */
  readonly tables?: readonly string[];
  /** Whether the jobs that waited are lost. Default: no. */
  readonly jobs?: true;
}

/**
 * Compares a server's health with that before the night: the checks with which every night ends.
 */
export function wellAgain(
  night: string,
  before: Health,
  after: Health,
  lost: Lost,
): readonly Check[] {
  const { content: was } = before;
  const { content: is } = after;
  const jobs = lost.jobs === true ? is.jobs : was.jobs;
  return [
    checkOf(
      `${night}: web reads the same rows, and the queue has the same jobs`,
      [
        ...changesOf(was.tables, is.tables).filter(
          (line) => !lost.tables?.some((table) => line.startsWith(`${table} `)),
        ),
        ...(is.jobs.join() === jobs.join() ? [] : [`${is.jobs.length} of ${jobs.length} jobs`]),
        ...(is.feeds === was.feeds ? [] : [`a feed with ${is.feeds} of ${was.feeds} posts`]),
      ],
      Object.entries(is.tables)
        .map(([table, sum]) => `${table} ${sum.split(",")[0]}`)
        .join(", "),
    ),
    checkOf(
      `${night}: the actor keys are the same ones, and the encrypted column opens`,
      [
        ...Object.entries(is.actorKeys).flatMap(([name, word]) =>
          word === "signs" ? [] : [`${name}: ${word}`],
        ),
        ...changesOf(was.actorKeys, is.actorKeys),
        ...(is.otp === "opens" ? [] : [`users.otp_secret ${is.otp}`]),
      ],
      `${Object.keys(is.actorKeys).length} keys sign`,
    ),
    checkOf(
      `${night}: the media are there`,
      Object.keys(is.media).length === 0 ? ["there is none"] : changesOf(was.media, is.media),
      `${Object.keys(is.media).length} objects`,
    ),
    checkOf(
      `${night}: every pod is ready, and one scheduler`,
      [
        ...changesOf(before.pods, after.pods),
        ...Object.entries(after.pods)
          .filter(([, words]) => new Set(words.split(" of ")).size > 1)
          .map(([name, words]) => `${name}: ${words} ready`),
        ...(after.schedulers === 1 ? [] : [`${after.schedulers} schedulers`]),
      ],
      `${Object.keys(after.pods).length} Deployments`,
    ),
    checkOf(
      `${night}: the edge answers, through the tunnel and the live pods`,
      REQUESTS.flatMap(({ method, host, target, well }) => {
        const answer = after.answers[`${method} ${host}${target}`] ?? "nothing";
        return answer === well ? [] : [`${method} ${host}${target}: ${answer}`];
      }),
      `${REQUESTS.length} requests`,
    ),
    checkOf(
      `${night}: nothing protected was replaced`,
      changesOf(before.kept, after.kept).filter(
        (line) => !lost.replaced?.some((name) => line.startsWith(`${name} `)),
      ),
      `${Object.keys(after.kept).length} protected resources`,
    ),
    checkOf(
      `${night}: a second preview is empty, and nothing is left over, in no state, or there twice`,
      [
        ...after.preview,
        ...after.unheld.map((thing) => `${thing} stands in no state`),
        ...after.absent.map((name) => `${name} stands in the state only`),
        ...after.recovery,
      ],
      "with refresh",
    ),
  ];
}

/** A line for each name whose value is another one. */
function changesOf(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name} was ${before[name] ?? "not there"}, is ${after[name] ?? "gone"}`);
}
