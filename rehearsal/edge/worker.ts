import { createContext, runInContext } from "node:vm";
import { withHeaders, type EdgeRequest, type EdgeResponse, type Headers } from "./messages.ts";

/** A Worker, and the URLs on which it answers. */
export interface WorkerRoute {
  /** Such as `media.example.social/.purge/*`. */
  readonly pattern: string;
  readonly name: string;
  /** Source text of the module, which is executed. */
  readonly content: string;
  /** Its bindings by name. They include secrets: never print them. */
  readonly env: Readonly<Record<string, string>>;
}

/** Outside service that a Worker's `fetch` reaches. It returns the HTTP status. */
export type OutsideCall = (call: {
  readonly url: string;
  readonly token: string;
  readonly body: string;
}) => number;

/**
 * The most specific route of the original URL: "evaluate against a request's URL"
 * (cloudflare/cloudflare-docs `src/content/docs/workers/configuration/routing/routes.mdx`).
 */
export function routeFor(
  routes: readonly WorkerRoute[],
  { host, target }: Pick<EdgeRequest, "host" | "target">,
): WorkerRoute | undefined {
  const url = `${host}${target}`;
  return [...routes]
    .sort((a, b) => b.pattern.length - a.pattern.length)
    .find(({ pattern }) =>
      pattern.endsWith("*") ? url.startsWith(pattern.slice(0, -1)) : url === pattern,
    );
}

interface Handler {
  fetch(request: Request, env: Readonly<Record<string, string>>): Promise<Response>;
}

/**
 * Runs the Worker with Node's own Request, Response and WebCrypto, which Workers have, too. Its
 * clock does not wait.
 */
export async function runWorker(
  { content, env }: WorkerRoute,
  request: EdgeRequest,
  outside: OutsideCall,
): Promise<EdgeResponse> {
  const { method, host, target } = request;
  const context = createContext({
    ...{ URL, Response, Request, TextEncoder, Uint8Array, crypto },
    setTimeout: (work: () => void) => queueMicrotask(work),
    fetch: async (url: string, init: { headers: Record<string, string>; body: string }) => {
      const token = (init.headers["authorization"] ?? "").replace(/^Bearer /u, "");
      return new Response(null, { status: outside({ url, token, body: init.body }) });
    },
  });
  const module = content.replace(/^export default /mu, "globalThis.handler = ");
  runInContext(module, context);
  const { handler } = context as { readonly handler?: Handler };
  if (handler === undefined) throw new Error("The Worker exports no handler.");
  const asked = new Request(`https://${host}${target}`, { method, headers: headersOf(request) });
  const answer = await handler.fetch(asked, env);
  return {
    status: answer.status,
    headers: withHeaders({}, Object.fromEntries(answer.headers)),
    body: Buffer.from(await answer.arrayBuffer()),
  };
}

/** Headers that a Request may have; length and host are set by the request itself. */
function headersOf({ headers }: { readonly headers: Headers }): [string, string][] {
  return Object.entries(headers)
    .filter(([name]) => !["host", "content-length"].includes(name))
    .map(([name, values]) => [name, values.join(", ")]);
}
