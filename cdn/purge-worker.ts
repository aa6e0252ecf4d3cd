/**
 * Source text of a Cloudflare Worker, a JavaScript module. It purges a media file that Mastodon
 * deleted from Cloudflare's cache, and runs only on `<media host>/.purge/*` (media-purge.ts).
 *
 * Bindings: ZONE, HOSTS and PAGES are plain text. SECRET and TOKEN are secrets; TOKEN may only
 * purge this zone. Mastodon sends each request once and ignores the answer, so the Worker itself
 * retries.
 */
export const PURGE_WORKER = String.raw`// A file as Mastodon names it (its config/initializers/paperclip.rb): never a folder, and never a whole host.
const FILE = /^\/(?:cache\/)?[a-z_]+\/[a-z_]+\/(?:\d{3}\/)+[a-z_]+\/[^/]+$/u;
const MOST_CHARACTERS = 512;
const TRIES = 3;
const PAUSE_MS = 1000;

export default {
  async fetch(request, env) {
    const said = request.headers.get("x-purge-secret") ?? "";
    if (request.method !== "POST" || !(await same(said, env.SECRET))) return answer(403);
    const path = new URL(request.url).pathname.replace(/^\/\.purge/u, "");
    if (path.length > MOST_CHARACTERS || !FILE.test(path)) return answer(404);
    const hosts = env.HOSTS.split(",");
    const urls = hosts.map((host) => "https://" + host + path);
    const [files] = await Promise.all([
      purge(env, TRIES, {
        // The copy for everyone, and the one for pages: the edge keeps one for each Origin.
        files: urls.flatMap((url) => [{ url }, { url, headers: { Origin: env.PAGES } }]),
      }),
      // Those for all other pages. Few of these are allowed a minute: in a flood they keep to the day.
      purge(env, 1, { prefixes: hosts.map((host) => host + path) }),
    ]);
    return answer(files ? 200 : 502);
  },
};

// Whether two texts are the same, in a time that tells nothing of where they differ.
async function same(one, other) {
  const [a, b] = await Promise.all(
    [one, other].map(async (text) => {
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
      return new Uint8Array(digest);
    }),
  );
  return a.reduce((difference, byte, at) => difference | (byte ^ b[at]), 0) === 0;
}

// Asks Cloudflare's API. Answers whether it did so.
async function purge({ ZONE, TOKEN }, tries, what) {
  for (let at = 1; at <= tries; at += 1) {
    const url = "https://api.cloudflare.com/client/v4/zones/" + ZONE + "/purge_cache";
    const headers = { authorization: "Bearer " + TOKEN, "content-type": "application/json" };
    const { ok } = await fetch(url, { method: "POST", headers, body: JSON.stringify(what) });
    if (ok) return true;
    if (at < tries) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return false;
}

function answer(status) {
  return new Response(null, { status, headers: { "cache-control": "no-store" } });
}
`;
