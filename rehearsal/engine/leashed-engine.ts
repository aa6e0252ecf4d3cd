import { chmod, mkdir, readFile, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** An engine that ends when we do. */
export interface LeashedEngine {
  /** A folder with `bin/pulumi`, for the Automation API. */
  readonly root: string;
  /** Ends the command that runs right now, if any, at once. */
  kill(): Promise<void>;
}

/**
 * The Automation API starts the CLI and keeps no handle to it: after a Ctrl-C, or our own death, an update would go on against
 * a world that is gone, and write its state into a folder that we removed. So the CLI is started through a script that ties it to us
 * (`setpriv --pdeathsig`) and notes its process id.
 */
export async function leashEngine(engineRoot: string, directory: string): Promise<LeashedEngine> {
  const root = join(directory, "engine");
  const real = join(engineRoot, "bin", "pulumi");
  const note = join(directory, "engine.pid");
  const script = join(root, "bin", "pulumi");
  await mkdir(join(root, "bin"), { recursive: true });
  await writeFile(
    script,
    // Its memory is small and its life short: collecting it less often saves a tenth of its time.
    `#!/bin/sh\necho $$ >'${note}'\nexport GOGC=400\nexec setpriv --pdeathsig=KILL -- '${real}' "$@"\n`,
  );
  await chmod(script, 0o755);
  return {
    root,
    async kill() {
      const pid = Number(await readFile(note, "utf8").catch(() => ""));
      if (pid === 0) return;
      // The command may be over and its number another's by now.
      const program = await readlink(`/proc/${pid}/exe`).catch(() => "");
      if (program !== real) return;
      process.kill(pid, "SIGKILL");
      while ((await readlink(`/proc/${pid}/exe`).catch(() => "")) === real)
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}
