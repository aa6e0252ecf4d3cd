import { markerOf } from "../report/verdict.ts";
import { bodyOf, partsOf, type Parts } from "./comment-body.ts";
import { WRITER, type GitHub } from "./github.ts";

/** Finds and writes the one comment about a stack in a pull request. It is never deleted. */

/** A comment, as GitHub returns it. */
interface Comment {
  readonly id: number;
  readonly body?: string;
  readonly user?: { readonly login: string };
}

const WRITE = "pull-requests: write";

/** The comment of a stack and its parts; undefined if there is none. It reads every page. */
export async function findComment(
  github: GitHub,
  stack: string,
  pullRequest: number,
  right = "pull-requests: read",
): Promise<{ readonly id: number; readonly parts: Parts } | undefined> {
  const comments = await github.all<Comment>(`issues/${pullRequest}/comments`, right);
  const own = comments.find(
    // Every user can write the marker.
    ({ body = "", user }) => user?.login === WRITER && body.startsWith(markerOf(stack)),
  );
  return own === undefined ? undefined : { id: own.id, parts: partsOf(own.body ?? "") };
}

/**
 * Changes the parts of the comment, in place.
 * @param change gets the parts that are there. If it returns undefined, nothing is written.
 * @returns whether something was written.
 */
export async function changeComment(
  github: GitHub,
  stack: string,
  pullRequest: number,
  change: (parts: Parts | undefined) => Parts | undefined,
): Promise<boolean> {
  const own = await findComment(github, stack, pullRequest, WRITE);
  const parts = change(own?.parts);
  if (parts === undefined) return false;
  const body = { body: bodyOf(stack, parts) };
  if (own === undefined) await github.call("POST", `issues/${pullRequest}/comments`, WRITE, body);
  else await github.call("PATCH", `issues/comments/${own.id}`, WRITE, body);
  return true;
}
