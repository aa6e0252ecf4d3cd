import { Command } from "commander";
import { connect } from "./pods/cluster.ts";
import { fromShell, told } from "./pods/command-line.ts";
import { runSession } from "./pods/exec-command.ts";
import { ownerCommand, type OwnerTask } from "./pods/owner-words.ts";

/**
 * `npm run owner -- create NAME EMAIL`: creates the first account. It prints a link to choose the
 * password, so that no log contains a password.
 */

const DEADLINE_SECONDS = 900;

async function run(task: OwnerTask, context: string | undefined): Promise<void> {
  await fromShell(async (signal) => {
    const command = ownerCommand(task);
    const status = told(
      await runSession(
        await connect(context),
        {
          name: "owner",
          command,
          direct: false,
          deadlineSeconds: DEADLINE_SECONDS,
          out: process.stdout,
          error: process.stderr,
          say: (sentence) => console.error(sentence),
        },
        signal,
      ),
    );
    if (status === 0)
      console.error(
        "Open the link within six hours and choose the password there. It works once; whoever has it has the account.",
      );
    return status;
  });
}

const CONTEXT = ["--context <name>", "context of the kubeconfig; else the current one"] as const;

const program = new Command("npm run owner --");
program
  .command("create")
  .description("Makes the account, confirmed and approved, with the role Owner; prints a link.")
  .argument("<name>", "its name, without @")
  .argument("<email>", "its e-mail address")
  .option(...CONTEXT)
  .action((name: string, email: string, { context }: { context?: string }) =>
    run({ do: "create", name, email }, context),
  );
program
  .command("link")
  .description("A new link for an account that is there: its password was lost.")
  .argument("<name>", "its name, without @")
  .option(...CONTEXT)
  .action((name: string, { context }: { context?: string }) => run({ do: "link", name }, context));
await program.parseAsync();
