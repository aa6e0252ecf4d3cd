import { createHash } from "node:crypto";
import { cp, mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { minorOf } from "../../facts/minor-of.ts";
import { MASTODON_FOLDER } from "../images/catalogue.ts";
import { BUILT } from "../images/layers.ts";
import { isBeforeMigrations } from "../releases.ts";
import { MORE_IN_4_7, TABLES_4_6 } from "./mastodon-tables.ts";
import type { Mount } from "./volumes.ts";

/**
 * Fake content of Mastodon's image: a `public` folder, a `db` folder with one or two migrations,
 * and `bundle` and `rails`. `public` has one file of each kind, with names as a release would
 * generate them (mastodon/mastodon `vite.config.mts`, `config/initializers/assets.rb`). Mastodon's
 * own images are not available here, so a release's real files and migrations are not rehearsed.
 */

const PUBLIC = `${MASTODON_FOLDER}/public`;
const HERE = dirname(fileURLToPath(import.meta.url));
/** Folders of this project that are in it under another path. */
const OWN = [
  { source: join(HERE, "image-programs"), target: "bin" },
  { source: join(HERE, "image-config"), target: "config" },
] as const;
/** Folder of their files. */
export const OWN_FOLDERS: readonly string[] = OWN.map(({ source }) => source);

/** Migrations by path below `db`, instead of a release's own; their content is SQL. */
function migrationsOf(version: string): Readonly<Record<string, string>> {
  const first = {
    "migrate/20250101000000_create_tables.rb": TABLES_4_6,
    "migrate/20250102000000_add_old_note.rb": "ALTER TABLE statuses ADD COLUMN old_note text;\n",
    ...(minorOf(version) === "4.7"
      ? { "migrate/20260601000000_more_columns.rb": MORE_IN_4_7 }
      : {}),
  };
  return isBeforeMigrations(version)
    ? first
    : {
        ...first,
        "migrate/20260701000000_add_note.rb": "ALTER TABLE statuses ADD COLUMN note text;\n",
        "post_migrate/20260702000000_drop_old_note.rb":
          "ALTER TABLE statuses DROP COLUMN old_note;\n",
      };
}

/** All invented files of a release, by path. */
export function madeUpFiles(version: string): readonly Readonly<Record<string, string>>[] {
  return [publicFiles(version), migrationsOf(version)];
}

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

/** Hash in the names of a release's hashed files: constant, and different for each release. */
export function digestOf(version: string): string {
  return createHash("sha256").update(version).digest("hex").slice(0, 8);
}

/** These two files are links in the real image, too. */
const LINKS: Readonly<Record<string, string>> = {
  "sw.js": "packs/sw.js",
  "500.html": "assets/500.html",
};

/** Files of an image that a container's program needs; none if the image isn't Mastodon's. */
export async function imageMounts(image: string, directory: string): Promise<readonly Mount[]> {
  const version = mastodonVersionOf(image);
  if (version === undefined) return [];
  const files = join(directory, `public-${version}`);
  const schema = join(directory, `db-${version}`);
  const work = join(directory, "tmp");
  await asOne(files, (draft) => writePublic(draft, version));
  await asOne(schema, (draft) => writeMigrations(draft, version));
  await asOne(work, writeBootCache);
  return [
    { source: files, target: PUBLIC, readOnly: true },
    { source: schema, target: `${MASTODON_FOLDER}/db`, readOnly: true },
    { source: work, target: `${MASTODON_FOLDER}/tmp`, readOnly: true },
    ...OWN.map(({ source, target }) => ({
      ...{ source, target: `${MASTODON_FOLDER}/${target}`, readOnly: true },
    })),
  ];
}

/** Writes the whole content that {@link imageMounts} mounts. */
export async function writeMastodonFolder(folder: string, version: string): Promise<void> {
  await writePublic(join(folder, "public"), version);
  await writeMigrations(join(folder, "db"), version);
  for (const { source, target } of OWN) await cp(source, join(folder, target), { recursive: true });
  await writeBootCache(join(folder, "tmp"));
}

/** Version of Mastodon's Rails image, as "v4.6.5"; undefined for any other image. */
export function mastodonVersionOf(image: string): string | undefined {
  return /(?:^|\/)mastodon:(?<version>v[\w.-]+)/u.exec(image)?.groups?.["version"];
}

/**
 * Two pods may need a folder at the same time: each writes its own, and one of them gets the final
 * name.
 */
async function asOne(folder: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${folder}.${process.hrtime.bigint()}`;
  await write(draft);
  try {
    await rename(draft, folder);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    await rm(draft, { recursive: true, force: true });
  }
}

/** Files that Sidekiq's pod copies from the image before its own volume hides them. */
async function writeBootCache(draft: string): Promise<void> {
  await mkdir(join(draft, "cache/bootsnap"), { recursive: true, mode: 0o755 });
  await writeFile(join(draft, "cache/bootsnap/load-path-cache"), "made up\n", { mode: 0o644 });
}

async function writeMigrations(draft: string, version: string): Promise<void> {
  for (const folder of ["migrate", "post_migrate"])
    await mkdir(join(draft, folder), { recursive: true, mode: 0o755 });
  for (const [path, text] of Object.entries(migrationsOf(version)))
    await writeFile(join(draft, path), text, { mode: 0o644 });
}

async function writePublic(draft: string, version: string): Promise<void> {
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
}
