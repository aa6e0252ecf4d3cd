import { createServer, type Server } from "node:http";
import { GitHub } from "../../../ops/ci/github.ts";

/** A request as the stand-in saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** A comment or an issue of the stand-in. */
interface Stored {
  id: number;
  number: number;
  state: string;
  title?: string;
  body: string;
  user: { login: string; type: string };
  [other: string]: unknown;
}

const BOT = { login: "github-actions[bot]", type: "Bot" };

/**
 * The part of GitHub's REST API that `ops/ci` and `ops/drift` use. Lists come in pages of
 * 30, or of `per_page` up to 100 (https://docs.github.com/en/rest/using-the-rest-api).
 */
export class GitHubStandIn {
  readonly comments = new Map<number, Stored[]>();
  readonly issues: Stored[] = [];
  /** Items of `/pulls`. */
  readonly pulls: object[] = [];
  /** Answers by path below the repository. */
  readonly answers = new Map<string, unknown>();
  readonly seen: Seen[] = [];
  /** Requests that fail with 502 before one is answered. */
  failures = 0;
  #id = 0;
  #url = "";
  readonly #server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://github");
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const send = (status: number, value?: unknown): void =>
        void response.writeHead(status).end(value === undefined ? "" : JSON.stringify(value));
      if (request.headers.authorization !== "Bearer right") return send(403, {});
      if (this.failures > 0) {
        this.failures -= 1;
        return send(502, {});
      }
      const path = url.pathname.replace("/repos/owner/name/", "");
      const body: unknown = text === "" ? undefined : JSON.parse(text);
      const method = request.method ?? "";
      this.seen.push({ method, path, body });
      const [status, value] = this.#answer(method, path, body as Record<string, string>);
      if (!Array.isArray(value)) return send(status, value);
      const size = Math.min(100, Number(url.searchParams.get("per_page") ?? 30));
      const from = (Number(url.searchParams.get("page") ?? 1) - 1) * size;
      send(status, value.slice(from, from + size));
    });
  });

  #answer(method: string, path: string, body: Record<string, string>): [number, unknown?] {
    const fixed = this.answers.get(path);
    if (fixed !== undefined) return [200, fixed];
    const [, of] = /^issues\/(\d+)\/comments$/u.exec(path) ?? [];
    if (of !== undefined) {
      if (method === "GET") return [200, this.commentsOf(Number(of))];
      return [201, this.say(Number(of), body["body"] ?? "")];
    }
    const [, comment] = /^issues\/comments\/(\d+)$/u.exec(path) ?? [];
    if (comment !== undefined && method === "PATCH") {
      const found = [...this.comments.values()].flat().find(({ id }) => id === Number(comment));
      if (found === undefined) return [404, {}];
      return [200, Object.assign(found, body)];
    }
    if (path === "issues") {
      if (method === "GET") return [200, this.issues.filter(({ state }) => state === "open")];
      return [201, this.open(body)];
    }
    const [, issue] = /^issues\/(\d+)$/u.exec(path) ?? [];
    if (issue !== undefined && method === "PATCH") {
      const found = this.issues.find(({ number }) => number === Number(issue));
      return found === undefined ? [404, {}] : [200, Object.assign(found, body)];
    }
    if (path === "pulls") return [200, this.pulls];
    if (path.endsWith("/dispatches")) return [204];
    return [404, {}];
  }

  commentsOf(pullRequest: number): Stored[] {
    const comments = this.comments.get(pullRequest) ?? [];
    this.comments.set(pullRequest, comments);
    return comments;
  }

  /** Adds a comment; by the job's own token unless another user is given. */
  say(pullRequest: number, body: string, user = BOT): Stored {
    this.#id += 1;
    const comment = { id: this.#id, number: this.#id, state: "open", body, user };
    this.commentsOf(pullRequest).push(comment);
    return comment;
  }

  /** Opens an issue; by the job's own token unless it says otherwise. */
  open(fields: Partial<Stored>): Stored {
    this.#id += 1;
    const issue = { id: this.#id, number: this.#id, state: "open", body: "", user: BOT, ...fields };
    this.issues.push(issue);
    return issue;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as { readonly port: number };
    this.#url = `http://127.0.0.1:${port}`;
  }

  /** Its address, as `GITHUB_API_URL`. */
  get url(): string {
    return this.#url;
  }

  client(token = "right"): GitHub {
    return new GitHub({ api: this.#url, repository: "owner/name", token }, 1);
  }

  close(): void {
    this.#server.close();
  }
}
