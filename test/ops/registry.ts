import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A registry on loopback that behaves as the real ones: a token first, then the index. */
export interface Registry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** `METHOD path` of every request, in order. */
  readonly asked: readonly string[];
  /** Content of a tag, and the form of the answer. Set before the request. */
  serve(name: string, tag: string, content: Content): void;
  /** Tags of a repository in their order, and the maximum number on a page. */
  list(name: string, tags: readonly string[], pageSize: number): void;
  /** URL that the first page gives for the next one, instead of the real one. */
  linkTo(url: string): void;
  /** Number of first requests that get this status. */
  busy(times: number, status: number): void;
  stop(): Promise<void>;
}

/** Content of a tag. */
export interface Content {
  readonly body: string;
  readonly type: string;
  /** Digest that the registry reports; default: the real one; `null`: none. */
  readonly digest?: string | null;
}

export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";

/** An index of these platforms. */
export function indexOf(...platforms: readonly string[]): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: platforms.map((platform) => {
      const [os, architecture] = platform.split("/");
      return { digest: `sha256:${"0".repeat(64)}`, platform: { os, architecture } };
    }),
  });
}

export function digestOf(body: string): string {
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

export async function startRegistry(): Promise<Registry> {
  const asked: string[] = [];
  const contents = new Map<string, Content>();
  const token = randomBytes(12).toString("hex");
  const lists = new Map<string, { readonly tags: readonly string[]; readonly pageSize: number }>();
  let link: string | undefined;
  let refusals = { left: 0, status: 0 };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (refusals.left > 0) {
      refusals = { ...refusals, left: refusals.left - 1 };
      response.writeHead(refusals.status, { "retry-after": "0" }).end();
    } else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "", `http://${host}`);
    if (url.pathname === "/token") {
      const right = /^repository:[\w/-]+:pull$/u.test(url.searchParams.get("scope") ?? "");
      response.writeHead(right ? 200 : 403).end(JSON.stringify(right ? { token } : {}));
      return;
    }
    const [, listed] = /^\/v2\/(.+)\/tags\/list$/u.exec(url.pathname) ?? [];
    if (listed !== undefined && request.headers.authorization === `Bearer ${token}`) {
      answerPage(url, listed, response);
      return;
    }
    const [, name = listed, tag] = /^\/v2\/(.+)\/manifests\/(.+)$/u.exec(url.pathname) ?? [];
    if (request.headers.authorization !== `Bearer ${token}`) {
      const challenge = `Bearer realm="http://${host}/token",service="test",scope="repository:${name}:pull"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
      return;
    }
    const content = contents.get(`${name}:${tag}`);
    // As Docker Hub: a client that does not accept an index gets one architecture's manifest.
    if (content === undefined || !request.headers.accept?.includes(content.type)) {
      response.writeHead(404).end("{}");
      return;
    }
    const digest = content.digest === undefined ? digestOf(content.body) : content.digest;
    response
      .writeHead(200, {
        "content-type": content.type,
        ...(digest === null ? {} : { "docker-content-digest": digest }),
      })
      .end(content.body);
  }

  /**
   * The smaller of the requested number and the page size. The link to the next page is ghcr.io's,
   * without a host.
   */
  function answerPage(url: URL, name: string, response: ServerResponse): void {
    const { tags, pageSize } = lists.get(name) ?? { tags: [], pageSize: 1 };
    const from = tags.indexOf(url.searchParams.get("last") ?? "") + 1;
    const size = Math.min(pageSize, Number(url.searchParams.get("n") ?? pageSize));
    const page = tags.slice(from, from + size);
    const next = `/v2/${name}/tags/list?last=${page.at(-1)}&n=${size}`;
    response
      .writeHead(lists.has(name) ? 200 : 404, {
        "content-type": "application/json",
        ...(from + size < tags.length ? { link: `<${link ?? next}>; rel="next"` } : {}),
      })
      .end(JSON.stringify({ name, tags: page }));
  }

  return {
    host,
    asked,
    serve: (name, tag, content) => void contents.set(`${name}:${tag}`, content),
    list: (name, tags, pageSize) => void lists.set(name, { tags, pageSize }),
    linkTo: (url) => void (link = url),
    busy: (left, status) => void (refusals = { left, status }),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
