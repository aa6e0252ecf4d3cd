import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildGoProgram, cachedGoProgram, fetchAhead } from "../../build/go-program.ts";
import { compareReleases, failure } from "../../build/go-tool.ts";
import { withLock } from "../../build/lock.ts";
import type { GoRecipe } from "../../build/recipe.ts";

/** A fake `go` that takes a given time, counts its builds, and can fail in the middle. */
const FAKE_GO = `#!/bin/sh
case "$1" in
env) printf '%s\\n' "\${FAKE_GO_VERSION:-go1.26.8}" linux amd64 ;;
list) echo "go: downloading example.com/a v1.0.0" >&2; printf 'example.com/a\\nexample.com/main\\n' ;;
build)
  echo build >>"$FAKE_GO_LOG"
  while [ "$1" != -o ]; do shift; done
  printf half >"$2"
  echo example.com/a >&2
  sleep "\${FAKE_GO_SECONDS:-0}"
  if [ -n "$FAKE_GO_FAILS" ]; then echo "$FAKE_GO_FAILS" >&2; exit 1; fi
  echo example.com/main >&2
  printf whole >"$2"; chmod +x "$2" ;;
esac
`;

let directory: string;
let recipe: GoRecipe;
const before = { ...process.env };
const lines: string[] = [];
const progress = (line: string) => void lines.push(line);
const builds = async () =>
  (await readFile(process.env["FAKE_GO_LOG"] ?? "", "utf8").catch(() => "")).split("\n").length - 1;
/** Content of the cache, without lock files. */
const cached = async () =>
  (await readdir(join(directory, "cache/mastodon-digitalocean")).catch(() => [])).filter(
    (name) => !name.endsWith(".lock"),
  );

beforeEach(async () => {
  lines.length = 0;
  directory = await mkdtemp(join(tmpdir(), "go-program-"));
  await mkdir(join(directory, "bin"));
  await mkdir(join(directory, "recipe"));
  await writeFile(join(directory, "bin/go"), FAKE_GO);
  await chmod(join(directory, "bin/go"), 0o755);
  await writeFile(join(directory, "recipe/go.mod"), "module a\n\ngo 1.26.0\n");
  recipe = { name: "program", directory: join(directory, "recipe"), package: ".", ldflags: [] };
  process.env["PATH"] = join(directory, "bin") + delimiter + (before["PATH"] ?? "");
  process.env["XDG_CACHE_HOME"] = join(directory, "cache");
  process.env["FAKE_GO_LOG"] = join(directory, "builds.log");
});
afterEach(async () => {
  for (const key of Object.keys(process.env))
    if (key.startsWith("FAKE_GO") || key === "XDG_CACHE_HOME") delete process.env[key];
  process.env["PATH"] = before["PATH"];
  await rm(directory, { recursive: true });
});

describe("a build is done once", () => {
  it("and taken from the cache after, with its bytes checked", async () => {
    expect(await cachedGoProgram(recipe)).toBeUndefined();
    const first = await buildGoProgram(recipe, progress);
    const second = await buildGoProgram(recipe, progress);
    expect([first.origin, second.origin]).toEqual(["built", "cached"]);
    expect(second.path).toBe(join(first.folder, "bin/program"));
    expect(await readFile(second.path, "utf8")).toBe("whole");
    expect(await cachedGoProgram(recipe)).toBe(first.folder);
    expect(await builds()).toBe(1);
  });

  it("even by two runs at once: the second waits, says so, and takes the first one's", async () => {
    process.env["FAKE_GO_SECONDS"] = "2.5";
    const both = await Promise.all([
      buildGoProgram(recipe, progress),
      buildGoProgram(recipe, progress),
    ]);
    expect(both.map((program) => program.origin).sort()).toEqual(["built", "cached"]);
    expect(await builds()).toBe(1);
    expect(lines).toContainEqual(
      expect.stringMatching(/^waiting for another run that builds program, 0m 0[12]s$/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^compiling program: 1 of 2 packages, 0\.\d a second, about \ds left, 0m 0[123]s$/,
      ),
    );
  });

  it("and again when the disk or a hand damaged the result", async () => {
    const { path } = await buildGoProgram(recipe, progress);
    await writeFile(path, "wh0le");
    expect((await buildGoProgram(recipe, progress)).origin).toBe("built");
    expect(await readFile(path, "utf8")).toBe("whole");
  });
});

describe("an interrupted build leaves no half program to trust", () => {
  it("when it fails half way: nothing stays, and the next run builds", async () => {
    process.env["FAKE_GO_FAILS"] = "main.go:1: syntax error";
    await expect(buildGoProgram(recipe, progress)).rejects.toThrow(
      /Compiling program failed \(status 1\): main\.go:1: syntax error\nTo see it alone: cd .*GOFLAGS=-mod=readonly.* go build/,
    );
    expect(await cached()).toEqual([]);
    delete process.env["FAKE_GO_FAILS"];
    expect((await buildGoProgram(recipe, progress)).origin).toBe("built");
  });

  it("when the whole run is killed: the lock is free, and what it left is cleared away", async () => {
    const program = `
      const { buildGoProgram } = await import(process.argv[1]);
      await buildGoProgram(JSON.parse(process.argv[2]), (line) => console.log(line));`;
    const module = join(import.meta.dirname, "../../build/go-program.ts");
    const run = spawn(
      process.execPath,
      ["--input-type=module", "-e", program, module, JSON.stringify(recipe)],
      {
        env: { ...process.env, FAKE_GO_SECONDS: "30" },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    await new Promise<void>((resolve) =>
      run.stdout.on("data", (chunk: Buffer) => {
        if (chunk.includes("compiling program: 1 of")) resolve();
      }),
    );
    run.kill("SIGKILL");
    const left = await cached();
    expect(left).toEqual([expect.stringMatching(/^program-\w+\.partial-/)]);
    const { path, folder } = await buildGoProgram(recipe, progress);
    expect((await stat(path)).mode & 0o111).not.toBe(0);
    expect(await cached()).toEqual([folder.split("/").at(-1)]);
  });

  it("a lock whose holder was killed is taken at once", async () => {
    const file = join(directory, "lock");
    // A process group of its own, to be killed with its children.
    const holder = spawn("flock", [file, "sh", "-c", "echo locked; exec sleep 30"], {
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    await once(holder.stdout, "data");
    let taken = false;
    const later = withLock(
      file,
      () => undefined,
      async () => void (taken = true),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(taken).toBe(false);
    process.kill(-holder.pid!, "SIGKILL");
    await later;
    expect(taken).toBe(true);
  });
});

it("modules are fetched ahead without a word, and what can't be had is left to the build", async () => {
  const asked = join(directory, "asked");
  await writeFile(join(directory, "bin/go"), `#!/bin/sh\necho "$*" >>${asked}\nexit 1\n`);
  await fetchAhead([recipe, { ...recipe, package: "./other" }]);
  expect(await readFile(asked, "utf8")).toBe("list -deps .\nlist -deps ./other\n");
});

describe("what is missing is said in a sentence with the command to run", () => {
  it("Go is not there", async () => {
    await rm(join(directory, "bin/go"));
    // Only programs that the build itself runs, so that a real Go isn't found.
    const tools = join(directory, "tools");
    await mkdir(tools);
    await writeFile(join(tools, "setpriv"), '#!/bin/sh\nexec /usr/bin/setpriv "$@"\n');
    await chmod(join(tools, "setpriv"), 0o755);
    process.env["PATH"] = tools;
    await expect(buildGoProgram(recipe, progress)).rejects.toThrow(
      /^program is built here from source, which needs Go 1\.26\.0 or newer, but there is no `go` on PATH\. Install it, .*curl -fsSL https:\/\/go\.dev\/dl\/go1\.26\.0\./,
    );
  });

  it("Go is too old", async () => {
    process.env["FAKE_GO_VERSION"] = "go1.25.9";
    await expect(buildGoProgram(recipe, progress)).rejects.toThrow(
      /but the `go` on PATH is 1\.25\.9\. Install/,
    );
  });

  it.each([
    ["1.26.0", "1.26.0", 0],
    ["1.26", "1.26.0", 0],
    ["1.9.1", "1.26.0", -1],
    ["2.0", "1.26.0", 1],
    ["1.26.10", "1.26.9", 1],
  ])("%s against %s is %d", (a, b, order) => {
    expect(compareReleases(a, b)).toBe(order);
  });

  it.each([
    [
      "dial tcp: lookup proxy.golang.org: no such host",
      /module proxy can't be reached.*`go env GOPROXY`/s,
    ],
    ["write /tmp/x: no space left on device", /the disk is full.*`go clean -cache`/s],
    ["verifying a@v1: checksum mismatch", /failed \(status 1\): verifying.*To see it alone: cd x/s],
  ])("%s", (complaint, sentence) => {
    expect(failure("Compiling", { status: 1, signal: null, complaint }, "cd x")).toMatch(sentence);
  });

  it("the kernel ended the compiler", () => {
    const run = { status: null, signal: "SIGKILL" as const, complaint: "" };
    expect(failure("Compiling", run, "cd x")).toMatch(/ended by SIGKILL.*memory/);
  });
});
