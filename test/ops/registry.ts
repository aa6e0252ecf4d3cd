import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A registry on loopback that does what the real ones do: a token first, then the index. */
export interface Registry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** `METHOD path` of every request, in order. */
  readonly asked: readonly string[];
  /** What a tag holds, and how it is told. Set before it is asked. */
  serve(name: string, tag: string, content: Content): void;
  /** So many requests are answered with this status first. */
  busy(times: number, status: number): void;
  stop(): Promise<void>;
}

/** What stands behind a tag. */
export interface Content {
  readonly body: string;
  readonly type: string;
  /** What the registry says the digest is; its true one by default, none with `null`. */
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
    const [, name, tag] = /^\/v2\/(.+)\/manifests\/(.+)$/u.exec(url.pathname) ?? [];
    if (request.headers.authorization !== `Bearer ${token}`) {
      const challenge = `Bearer realm="http://${host}/token",service="test",scope="repository:${name}:pull"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
      return;
    }
    const content = contents.get(`${name}:${tag}`);
    // As Docker Hub: who does not accept an index gets one architecture's manifest.
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

  return {
    host,
    asked,
    serve: (name, tag, content) => void contents.set(`${name}:${tag}`, content),
    busy: (left, status) => void (refusals = { left, status }),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
