import { chmod, mkdir, readFile, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** An engine that ends with this process. */
export interface LeashedEngine {
  /** A folder with `bin/pulumi`, for the Automation API. */
  readonly root: string;
  /** Ends the running command, if any, at once. */
  kill(): Promise<void>;
}

/**
 * An engine that ends with this process. The Automation API keeps no handle to the CLI that it
 * starts. After a Ctrl-C an update would continue against a simulation that has ended, and write
 * its state into a removed folder. So a script starts the CLI, ties it to this process (`setpriv
 * --pdeathsig`) and records its process id.
 */
export async function leashEngine(engineRoot: string, directory: string): Promise<LeashedEngine> {
  const root = join(directory, "engine");
  const real = join(engineRoot, "bin", "pulumi");
  const note = join(directory, "engine.pid");
  const script = join(root, "bin", "pulumi");
  await mkdir(join(root, "bin"), { recursive: true });
  await writeFile(
    script,
    // The engine uses little memory and runs briefly: fewer garbage collections save a tenth of its
    // time.
    `#!/bin/sh\necho $$ >'${note}'\nexport GOGC=400\nexec setpriv --pdeathsig=KILL -- '${real}' "$@"\n`,
  );
  await chmod(script, 0o755);
  return {
    root,
    async kill() {
      const pid = Number(await readFile(note, "utf8").catch(() => ""));
      if (pid === 0) return;
      // The command may have ended, and its process id may be reused.
      const program = await readlink(`/proc/${pid}/exe`).catch(() => "");
      if (program !== real) return;
      process.kill(pid, "SIGKILL");
      while ((await readlink(`/proc/${pid}/exe`).catch(() => "")) === real)
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}
