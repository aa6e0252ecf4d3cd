import { confirmAtTerminal, endingInASentence } from "../command-line.ts";
import { runSecrets, terminalWorld } from "./command.ts";

/**
 * `npm run secrets -- init|check|rotate KEY|escrow|passphrase`: see docs/secrets.md. Exit status 1
 * if something is wrong.
 */

await endingInASentence(async () => {
  if (!(await runSecrets(process.argv.slice(2), terminalWorld(confirmAtTerminal))))
    process.exitCode = 1;
});
