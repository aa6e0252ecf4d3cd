/**
 * GitHub's API for a job's own token. The jobs that write install no package, so that no package
 * gets the right to write. Therefore this file uses `fetch` and not GitHub's client.
 */

/** A repository at GitHub, and a token for it. */
export interface Repository {
  /** GitHub's API, such as `https://api.github.com`. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
}

/** Items in a page, the largest number that GitHub returns. */
const PAGE = 100;

/** Tries of one request. */
const TRIES = 3;

/** A client for one repository. Every path is relative to `/repos/OWNER/NAME/`. */
export class GitHub {
  readonly #place: Repository;
  readonly #pauseMilliseconds: number;

  /** @param pauseMilliseconds wait before a second try; the third waits twice as long. */
  constructor(place: Repository, pauseMilliseconds = 2_000) {
    this.#place = place;
    this.#pauseMilliseconds = pauseMilliseconds;
  }

  /**
   * Sends one request. GitHub's own failures (5xx) and a lost connection are tried again, because a
   * comment that is not written leaves an outdated verdict.
   * @param right permission that the job needs, named if GitHub refuses.
   * @returns the answer; undefined if it has no body.
   * @throws Error that names the status, the request and the permission.
   */
  async call(method: string, path: string, right: string, body?: object): Promise<unknown> {
    const { api, repository, token } = this.#place;
    for (let tries = 1; ; tries += 1) {
      const answer = await fetch(`${api}/repos/${repository}/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: "application/vnd.github+json",
          "x-github-api-version": "2022-11-28",
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).catch((error: unknown) => error as Error);
      if (!(answer instanceof Error) && answer.ok) {
        const text = await answer.text();
        return text === "" ? undefined : (JSON.parse(text) as unknown);
      }
      const status = answer instanceof Error ? 0 : answer.status;
      if (tries === TRIES || (status !== 0 && status < 500)) {
        const said = answer instanceof Error ? "did not answer" : `answered ${status}`;
        throw new Error(
          `GitHub ${said} to ${method} ${path.split("?")[0]}. The job needs \`${right}\`.`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, tries * this.#pauseMilliseconds));
    }
  }

  /** Every item of a list, from all its pages. GitHub's default is 30 items and one page. */
  async all<T>(path: string, right: string): Promise<readonly T[]> {
    const items: T[] = [];
    for (let page = 1; ; page += 1) {
      const more = (await this.call(
        "GET",
        `${path}${path.includes("?") ? "&" : "?"}per_page=${PAGE}&page=${page}`,
        right,
      )) as readonly T[];
      items.push(...more);
      if (more.length < PAGE) return items;
    }
  }
}

/** User that a job's own token writes as. Other users and apps can write the same text. */
export const WRITER = "github-actions[bot]";
