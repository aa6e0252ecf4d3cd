import { neutral } from "../ci/comment-body.ts";
import { WRITER, type GitHub } from "../ci/github.ts";
import type { DriftText } from "./issue-text.ts";

/** Opens, updates and closes the one issue about drift. */

interface Issue {
  readonly number: number;
  readonly body?: string | null;
  readonly user?: { readonly login: string };
}

const WRITE = "issues: write";

/** Line that identifies the issue of a stack. */
const markerOf = (stack: string): string => `<!-- mastodon-drift stack=${stack} -->`;
const setLine = (set: string): string => `<!-- set ${set} -->`;

/**
 * Brings the issue to the state of this night. It comments only if the set of differences has
 * changed, because a comment notifies every subscriber.
 * @returns one line for the log.
 */
export async function tellDrift(
  github: GitHub,
  stack: string,
  { count, set, body }: DriftText,
  run: string,
): Promise<string> {
  const issues = await github.all<Issue>("issues?state=open", WRITE);
  const own = issues.find(
    // A pull request is an issue, too, and every user can write the marker.
    (issue) => issue.user?.login === WRITER && issue.body?.startsWith(markerOf(stack)) === true,
  );
  const text = [markerOf(stack), setLine(set), neutral(body), "", `[The run](${run})`].join("\n");
  const title = `Drift in ${stack}: ${count} ${count === 1 ? "difference" : "differences"}`;
  if (count === 0) {
    if (own === undefined) return "No drift.";
    await github.call("POST", `issues/${own.number}/comments`, WRITE, {
      body: `Nothing differs any more: [the run](${run}).`,
    });
    await github.call("PATCH", `issues/${own.number}`, WRITE, { state: "closed" });
    return `#${own.number} is closed.`;
  }
  if (own === undefined) {
    const made = await github.call("POST", "issues", WRITE, { title, body: text });
    return `#${(made as Issue).number} is open.`;
  }
  const isNew = own.body?.split(/\r?\n/u)[1] !== setLine(set);
  await github.call("PATCH", `issues/${own.number}`, WRITE, { title, body: text });
  if (isNew)
    await github.call("POST", `issues/${own.number}/comments`, WRITE, {
      body: `The differences have changed; there are ${count} now. The list above is up to date.`,
    });
  return `#${own.number} ${isNew ? "has other differences" : "has the same differences"}.`;
}
