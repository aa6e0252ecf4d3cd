import { endOf, fenced } from "./report.ts";

/** Writes the comment of a pull request that shows its preview. */

/** Result of the preview's job; `waiting` until it is known. */
export type Outcome = "waiting" | "success" | "failure" | "cancelled" | "skipped";

/**
 * Content of the comment: the stack, the result of its preview, and the address and output of the
 * run.
 */
export interface Preview {
  readonly stack: string;
  readonly outcome: Outcome;
  /** The commit of the pull request that was previewed. */
  readonly commit: string;
  /** Address of the run. */
  readonly run: string;
  /** Output of Pulumi; "" if it printed nothing. The pull request's code may have written it. */
  readonly report: string;
}

const VERDICTS: Readonly<Record<Outcome, string>> = {
  waiting: "⏳ Not known yet: the preview waits for a reviewer, or is running",
  success: "✅ The preview passed",
  failure: "🛑 The preview was refused or failed: merging this would deploy nothing",
  cancelled: "⚪ The preview was cancelled: nothing is known of this commit",
  skipped: "⚪ No preview was made: nothing is known of this commit",
};

/** Line that identifies the comment. */
export const markerOf = (stack: string): string => `<!-- pulumi-preview stack=${stack} -->`;

/** The comment's text. */
export function bodyOf({ stack, outcome, commit, run, report }: Preview): string {
  const shown = report === "" ? [] : ["", fenced(endOf(report))];
  return [
    markerOf(stack),
    `### ${VERDICTS[outcome]}`,
    "",
    `Stack \`${stack}\`, commit ${commit}. [The run](${run}) has the whole log.`,
    ...shown,
  ].join("\n");
}

/** The pull request, and a token that may write its comments. */
export interface Place {
  /** GitHub's API, such as `https://api.github.com`. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly pullRequest: number;
  readonly token: string;
}

interface Comment {
  readonly id: number;
  readonly body?: string;
  readonly user?: { readonly type: string };
}

/**
 * Writes the comment, or replaces the earlier one. It reads all pages of comments: otherwise a long
 * discussion would get a second comment next to an outdated one.
 */
export async function writeComment(
  { api, repository, pullRequest, token }: Place,
  preview: Preview,
): Promise<void> {
  const call = async (method: string, path: string, body?: string): Promise<unknown> => {
    const answer = await fetch(`${api}/repos/${repository}/issues/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json" },
      ...(body === undefined ? {} : { body: JSON.stringify({ body }) }),
    });
    if (!answer.ok)
      throw new Error(
        `GitHub answered ${answer.status} to ${method} of the comment. The job needs \`pull-requests: write\`.`,
      );
    return answer.json();
  };
  const marker = markerOf(preview.stack);
  let own: Comment | undefined;
  for (let page = 1, more = true; own === undefined && more; page += 1) {
    const comments = (await call(
      "GET",
      `${pullRequest}/comments?per_page=100&page=${page}`,
    )) as readonly Comment[];
    own = comments.find(
      // Any user can write the marker.
      ({ body, user }) => user?.type === "Bot" && body?.startsWith(marker),
    );
    more = comments.length === 100;
  }
  const body = bodyOf(preview);
  if (own === undefined) await call("POST", `${pullRequest}/comments`, body);
  else await call("PATCH", `comments/${own.id}`, body);
}
