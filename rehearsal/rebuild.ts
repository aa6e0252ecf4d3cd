import { askAtTerminal, confirmAtTerminal, endingInASentence } from "../ops/command-line.ts";
import { clusterPod } from "../ops/db/cluster-pod.ts";
import { terminalWorld } from "../ops/recover/command.ts";
import { runRebuild } from "../ops/rebuild/command.ts";
import { INTERNET } from "../ops/rebuild/internet.ts";
import { pulumiEngine } from "../ops/rebuild/real-engine.ts";
import { placeWorld } from "../ops/state/place.ts";
import { OWN_PROGRAM } from "./own-program.ts";

/** `npm run rebuild`: see docs/bad-night.md. Exit status 1 if work is left. */

const stopped = new AbortController();
// Pulumi is asked to stop and releases its lock. A second signal ends this process at once.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    stopped.abort();
    process.stderr.write("Stops after what is at work now; run the same command again later.\n");
  });
const { isTTY } = process.stdout;

await endingInASentence(async () => {
  const world = {
    ...terminalWorld(confirmAtTerminal),
    ...placeWorld(process.env),
    ...OWN_PROGRAM,
    program: OWN_PROGRAM,
    ask: askAtTerminal,
    engine: pulumiEngine(stopped.signal),
    outside: INTERNET,
    pod: clusterPod(stopped.signal),
    // A line is written over the one before it, so a pipe gets none.
    ...(isTTY && { live: (line: string) => void process.stdout.write(`\r\u001B[K${line}`) }),
  };
  if (!(await runRebuild(process.argv.slice(2), world))) process.exitCode = 1;
});
// A cloud that does not answer keeps its connection open.
process.exit();
