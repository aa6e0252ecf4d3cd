import { createHash } from "node:crypto";
import { mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Mount } from "./volumes.ts";

/**
 * What stands in the place of Mastodon's image: its `public` folder, made up, with one file of each kind and the names that the release would give them
 * (mastodon/mastodon `vite.config.mts`, `config/initializers/assets.rb`). Images can't be had here; which files a release really has isn't rehearsed.
 */

const PUBLIC = "/opt/mastodon/public";

/** Files of a release by path below `public`, as text. */
export function publicFiles(version: string): Readonly<Record<string, string>> {
  const digest = digestOf(version);
  const script = `export default ${JSON.stringify(`application of ${version}. `.repeat(40))};\n`;
  return {
    [`packs/application-${digest}.js`]: script,
    [`packs/application-${digest}.js.map`]: "{}\n",
    [`packs/application-${digest}.css`]: `body { --release: "${version}" }\n`,
    [`packs/intl/de-${digest}.js`]: `export default "${version}";\n`,
    [`packs/assets/inter-${digest}.woff2`]: `font of ${version}\n`,
    "packs/sw.js": `"service worker of ${version}";\n`,
    "packs/.vite/manifest.json": "{}\n",
    [`assets/logo-${digest}.svg`]: "<svg xmlns='http://www.w3.org/2000/svg'/>\n",
    "assets/.manifest.json": "{}\n",
    "assets/500.html": `<!doctype html><title>${version}</title>\n`,
    "avatars/original/missing.png": "PNG\n",
    "emoji/1f600.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>\n",
    "sounds/boop.ogg": "Ogg\n",
    "embed.js": `"embed of ${version}";\n`,
    "robots.txt": `# ${version}\n`,
  };
}

/** What stands in the name of each hashed file of a release: another for each, always the same. */
export function digestOf(version: string): string {
  return createHash("sha256").update(version).digest("hex").slice(0, 8);
}

/** Two files are links in the image, too. */
const LINKS: Readonly<Record<string, string>> = {
  "sw.js": "packs/sw.js",
  "500.html": "assets/500.html",
};

/** Image layers carry the times of their build: the same on every node, so a file has one ETag wherever it is asked for. */
const BUILT = new Date("2026-01-01T00:00:00Z");

/** What an image's own file system has that a container's program needs; nothing for an image that isn't Mastodon's. */
export async function imageMounts(image: string, directory: string): Promise<readonly Mount[]> {
  const version = /(?:^|\/)mastodon:(?<version>v[\w.-]+)/u.exec(image)?.groups?.["version"];
  if (version === undefined) return [];
  const source = join(directory, `public-${version}`);
  await writePublic(source, version);
  return [{ source, target: PUBLIC, readOnly: true }];
}

async function writePublic(folder: string, version: string): Promise<void> {
  // Two pods may want it at once: each makes its own, and one of them becomes it.
  const draft = `${folder}.${process.hrtime.bigint()}`;
  for (const [path, text] of Object.entries(publicFiles(version))) {
    const file = join(draft, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    await writeFile(file, text, { mode: 0o644 });
    await utimes(file, BUILT, BUILT);
    if (!/^packs\/[^.].*\.(?:js|css|map)$/u.test(path)) continue;
    await writeFile(`${file}.gz`, gzipSync(text), { mode: 0o644 });
    await utimes(`${file}.gz`, BUILT, BUILT);
  }
  for (const [path, target] of Object.entries(LINKS)) await symlink(target, join(draft, path));
  try {
    await rename(draft, folder);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    await rm(draft, { recursive: true, force: true });
  }
}
