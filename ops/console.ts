import { Command } from "commander";
import { connect } from "./pods/cluster.ts";
import { fromShell, told, withKeyboard } from "./pods/command-line.ts";
import { runSession } from "./pods/exec-command.ts";

/**
 * `npm run console`: a Rails console of the live server, in a pod of its own. No log contains its
 * input.
 */

/** Seconds after which a console is closed, because a forgotten one holds a database connection. */
const DEADLINE_SECONDS = 4 * 3_600;

await new Command("npm run console --")
  .description("A Rails console with the server's own image, environment and database.")
  .option("--context <name>", "context of the kubeconfig; else the current one")
  .action(async ({ context }: { context?: string }) => {
    await fromShell(async (signal) => {
      const cluster = await connect(context);
      return told(
        await withKeyboard((keyboard) =>
          runSession(
            cluster,
            {
              name: "console",
              command: ["bundle", "exec", "rails", "console"],
              direct: false,
              deadlineSeconds: DEADLINE_SECONDS,
              out: process.stdout,
              error: process.stderr,
              keyboard,
              say: (sentence) => console.error(sentence),
            },
            signal,
          ),
        ),
      );
    });
  })
  .parseAsync();
