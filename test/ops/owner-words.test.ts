import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownerCommand } from "../../ops/pods/owner-words.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** Runs the pod's real script, with fake programs that only report their arguments. */
function run(command: readonly string[], tootctl: string): { out: string; status: number } {
  const folder = temporaryFolder("owner");
  mkdirSync(join(folder, "bin"));
  const write = (path: string, text: string): void => {
    writeFileSync(join(folder, path), `#!/bin/bash\n${text}\n`);
    chmodSync(join(folder, path), 0o755);
  };
  write("bin/tootctl", tootctl);
  write("bundle", 'echo "link for $5 of $#"; printf "%s" "$4" | grep -c set_reset_password_token');
  try {
    const out = execFileSync(command[0]!, command.slice(1), {
      cwd: folder,
      env: { PATH: `${folder}:${process.env["PATH"]}` },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { out, status: 0 };
  } catch (error) {
    const { stdout, status } = error as { stdout: string; status: number };
    return { out: stdout, status };
  }
}

const CREATE = ownerCommand({ do: "create", name: "alice", email: "alice@example.social" });

test("the password that tootctl makes is shown to nobody; what comes out is a link", () => {
  const { out, status } = run(CREATE, 'echo OK; echo "New password: 0123456789abcdef"');
  expect(out).toBe("link for alice of 5\n1\n");
  expect(status).toBe(0);
});

test("an account that could not be made gets no link, and the status says so", () => {
  expect(run(CREATE, 'echo "Account is taken"; exit 1')).toEqual({ out: "", status: 1 });
});

test("a new link makes no account", () => {
  const { out } = run(ownerCommand({ do: "link", name: "alice" }), "exit 7");
  expect(out).toBe("link for alice of 5\n1\n");
});

test.each(["Alice", "@alice", "alice@example.social", "-rf", "$(id)", "", "a".repeat(31)])(
  "%j is refused as a name before anything runs",
  (name) => {
    expect(() => ownerCommand({ do: "link", name })).toThrow("can't be an account's name");
  },
);

test("a mistyped address is refused before an account is made that nobody can confirm", () => {
  expect(() => ownerCommand({ do: "create", name: "alice", email: "alice@example" })).toThrow(
    '"alice@example" is no e-mail address',
  );
});
