import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { debianRoot } from "../../machine/debian.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

/** apt and dpkg of a fake Debian with two packages; the second can be made unavailable. */
const FAKES = {
  "apt-config": `echo 'Acquire::http::Proxy "http://proxy.example:8080/";'`,
  "apt-get": `cp "$APT_CONFIG" "$FAKE_LOG.conf"
cp "$(dirname "$APT_CONFIG")/sources.list" "$FAKE_LOG.list"
echo "$*" >> "$FAKE_LOG"
case "$*" in *install*) ;; *) exit 0 ;; esac
archives="$(dirname "$APT_CONFIG")/archives"
echo "Get:1 one"; echo "dlstatus:1:50.0000:Retrieving file 1 of 2"; echo > "$archives/one_1%3a2.3-4_amd64.deb"
if [ -n "$FAKE_FAILS" ]; then echo "E: $FAKE_FAILS" >&2; exit 100; fi
echo "Get:2 two"; echo "dlstatus:2:100.0000:Retrieving file 2 of 2"; echo > "$archives/two_5_all.deb"`,
  "dpkg-deb": `mkdir -p "$3/usr/bin" "$3/usr/share/doc/x"; basename "$2" > "$3/usr/bin/$(basename "$2" | cut -d_ -f1)"`,
} as const;

const before = { ...process.env };
const lines: string[] = [];
const progress = (line: string): void => void lines.push(line);
let cache: string;
let log: string;
const ask = () => debianRoot({ packages: ["two", "one"] }, progress);
const asked = () => readFileSync(log, "utf8").trim().split("\n");

beforeEach(() => {
  lines.length = 0;
  const folder = temporaryFolder("debian");
  log = join(folder, "log");
  for (const [name, text] of Object.entries(FAKES)) {
    mkdirSync(join(folder, "bin"), { recursive: true });
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, "bin", name), 0o755);
  }
  process.env["PATH"] = join(folder, "bin") + delimiter + (before["PATH"] ?? "");
  process.env["XDG_CACHE_HOME"] = join(folder, "cache");
  process.env["FAKE_LOG"] = log;
  cache = join(folder, "cache/mastodon-digitalocean");
});
afterEach(() => {
  for (const key of ["XDG_CACHE_HOME", "FAKE_LOG", "FAKE_FAILS"]) delete process.env[key];
  process.env["PATH"] = before["PATH"];
});

it("unpacks once, says which versions came, and takes the folder from the cache afterwards", async () => {
  const first = await ask();
  expect(first).toMatchObject({ origin: "built", versions: { one: "1:2.3-4", two: "5" } });
  expect(readFileSync(join(first.root, "bin/two"), "utf8")).toBe("two_5_all.deb\n");
  expect(existsSync(join(first.root, "usr/share/doc"))).toBe(false);
  expect(lines).toContainEqual(
    expect.stringMatching(/^downloading Debian 13's packages: 1 so far, 50 %, about \d+s left$/u),
  );
  expect(lines).toContain("unpacking Debian 13's packages: 2 of 2");
  expect(await ask()).toMatchObject({ origin: "cached", root: first.root });
  expect(asked()).toHaveLength(2);
});

it("keeps apt to files of our own, and lets it out as the machine does", async () => {
  await ask();
  const configuration = readFileSync(`${log}.conf`, "utf8");
  expect(configuration).toContain('Acquire::http::Proxy "http://proxy.example:8080/";');
  expect(configuration).toContain('Dir::Etc::parts "/dev/null";');
  expect(configuration).toMatch(new RegExp(`^Dir::State "${cache}/debian-.*/apt";$`, "mu"));
  expect(readFileSync(`${log}.list`, "utf8")).toMatch(
    /^deb \[signed-by=\/usr\/share\/keyrings\/\S+\] http\S+ trixie main\n$/u,
  );
  expect(asked().every((line) => line === "-q update" || line.includes("--download-only"))).toBe(
    true,
  );
});

it("takes nothing for whole that a broken download left, and says what to do", async () => {
  process.env["FAKE_FAILS"] = "Failed to fetch two";
  await expect(ask()).rejects.toThrow(/Failed to fetch two.*`apt-get update`/su);
  expect(readdirSync(cache).filter((name) => !name.endsWith(".lock"))).toEqual([]);
  delete process.env["FAKE_FAILS"];
  expect(await ask()).toMatchObject({ origin: "built" });
});

it("clears away what a killed run left, and does not use it", async () => {
  const { root } = await ask();
  const folder = join(root, "..");
  mkdirSync(`${folder}.partial-dead/root`, { recursive: true });
  const other = await debianRoot({ packages: ["two", "one", "one"] }, progress);
  expect(other.root).toBe(root); // The same packages, in any order.
  const [more] = await Promise.all([
    debianRoot({ packages: ["one"] }, progress),
    debianRoot({ packages: ["one"] }, progress),
  ]);
  expect(more.root).not.toBe(root);
  expect(asked().filter((line) => line.endsWith("install one"))).toHaveLength(1);
});
