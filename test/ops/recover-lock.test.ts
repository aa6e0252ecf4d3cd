import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { judgeRun } from "../../ops/ci/lock-holder.ts";
import { runRecover } from "../../ops/recover/command.ts";
import { judgeHere, locksOf, type Holder, type Lock } from "../../ops/recover/lock.ts";

/** Output of CLI 3.259.0, seen 2026-11-28, with locks of these holders. */
const LOCKED = [
  "`pulumi stack rename` failed: error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.",
  "  file:///state/.pulumi/locks/organization/mastodon/prod/0000.json?metadata=skip&no_tmp_dir=true: created by runner@run-123-1 (pid 1234) at 2026-11-28T12:00:00+01:00",
  "  s3://state/.pulumi/locks/organization/mastodon/prod/0001.json: created by DOM\\user name@h-2 (pid 1) at 2026-11-28T12:00:00Z",
].join("\n");
const FREE = "`pulumi stack rename` failed: error: a stack named prod already exists";

const lock = (host: string, pid = 1234): Lock => ({
  user: "runner",
  host,
  pid,
  since: "2026-11-28T12:00:00Z",
});

describe("an update that runs, and a recovery beside it", () => {
  const commands: string[] = [];
  const recover = async (said: string, judge: (lock: Lock) => Promise<Holder>) => {
    commands.splice(0);
    let told = "";
    let locked = said === LOCKED;
    const well = runRecover(["--yes"], {
      say: (text) => (told += `${text}\n`),
      confirm: () => Promise.resolve(undefined),
      now: () => new Date(),
      pulumi: () => (args) => {
        commands.push(args[0] === "stack" ? args[1]! : args[0]!);
        if (args[0] === "cancel") locked = false;
        if (args[1] === "export") return Promise.resolve('{"version":3,"deployment":{}}');
        return args[1] === "rename"
          ? Promise.reject(new Error(locked ? LOCKED : FREE))
          : Promise.resolve("");
      },
      cwd: ".",
      judge,
      wait: () => Promise.resolve(),
      clouds: () => Promise.reject(new Error("no cloud is asked")),
    });
    return { well: await well.catch((error: Error) => error.message), told };
  };
  const judgement = (ended: boolean) => () => Promise.resolve({ ended, words: "So GitHub says." });

  it("reads each holder out of the CLI's own words, and nobody where it is free", async () => {
    const saying = (text: string) => () => Promise.reject(new Error(text));
    expect(await locksOf(saying(LOCKED), "prod")).toEqual([
      { user: "runner", host: "run-123-1", pid: 1234, since: "2026-11-28T12:00:00+01:00" },
      { user: "name", host: "h-2", pid: 1, since: "2026-11-28T12:00:00Z" },
    ]);
    expect(await locksOf(saying(FREE), "prod")).toEqual([]);
  });

  it("stops before the state is read, with every holder named", async () => {
    const { well, told } = await recover(LOCKED, judgement(false));
    expect(well).toMatch(/^Nothing was changed: .*`pulumi cancel --stack prod`/u);
    expect(told).toMatch(/runner@run-123-1 \(process 1234\).*So GitHub says\.\n.*name@h-2/u);
    expect(commands).toEqual(["rename"]);
  });

  it("takes a lock away only where each of its holders is known to have ended", async () => {
    const one = await recover(LOCKED, ({ pid }) => judgement(pid === 1)());
    expect([one.well, commands]).toEqual([expect.stringMatching(/^Nothing/u), ["rename"]]);
    const all = await recover(LOCKED, judgement(true));
    expect([all.well, commands]).toEqual([true, ["rename", "cancel", "export"]]);
    expect(all.told).toContain("The lock was taken away.");
  });

  it("takes none away from a person's machine, whatever it sees there", async () => {
    for (const holder of [
      lock("elsewhere"),
      lock(hostname(), process.pid),
      lock(hostname(), 2 ** 30),
    ])
      expect((await judgeHere(holder)).ended).toBe(false);
    expect((await judgeHere(lock(hostname(), process.pid))).words).toContain(process.execPath);
  });
});

describe("a lock of a run that is at work, cancelled by the next one", () => {
  const asked: { readonly url: string; readonly authorization: string | null }[] = [];
  const github =
    (status: number, body: unknown): typeof fetch =>
    (input, init) => {
      const { authorization = null } = Object.fromEntries(new Headers(init?.headers).entries());
      asked.push({ url: String(input as string), authorization });
      return Promise.resolve(new Response(JSON.stringify(body), { status }));
    };
  const environment = {
    GITHUB_API_URL: "https://api.github.example",
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_REPOSITORY: "owner/name",
    GITHUB_TOKEN: "token",
  };

  it.each<readonly [boolean, string, number, unknown]>([
    [true, "completed", 200, { status: "completed", conclusion: "cancelled" }],
    ...["queued", "in_progress", "waiting", "requested", "pending"].map(
      (status) => [false, status, 200, { status }] as const,
    ),
    [false, "a body without a status", 200, {}],
    [false, "403", 403, { status: "completed" }],
    [false, "404", 404, { status: "404" }],
  ])("%s: %s", async (ended, _, status, body) => {
    const holder = await judgeRun(lock("run-123-2"), environment, github(status, body));
    expect(holder.ended).toBe(ended);
    expect(holder.words).toContain("https://github.example/owner/name/actions/runs/123/attempts/2");
    expect(asked.at(-1)).toEqual({
      url: "https://api.github.example/repos/owner/name/actions/runs/123/attempts/2",
      authorization: "Bearer token",
    });
  });

  it.each(["laptop", "run-12", "run-12-1.local", "xrun-12-1"])("%s is no run", async (host) => {
    const nobody = () => Promise.reject(new Error("GitHub is not asked"));
    expect((await judgeRun(lock(host), environment, nobody)).ended).toBe(false);
  });
});
