import { confirmAtTerminal, endingInASentence } from "./command-line.ts";
import { runRecover, terminalWorld } from "./recover/command.ts";

/** `npm run recover`: see docs/operate.md, "An update was cut off". Exit status 1 if work is left. */

await endingInASentence(async () => {
  if (!(await runRecover(process.argv.slice(2), terminalWorld(confirmAtTerminal))))
    process.exitCode = 1;
});
// A cloud that fell silent still holds its connection open.
process.exit();
