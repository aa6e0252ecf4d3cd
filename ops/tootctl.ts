import { Command } from "commander";
import { connect } from "./pods/cluster.ts";
import { fromShell, told, withKeyboard } from "./pods/command-line.ts";
import { runSession } from "./pods/exec-command.ts";
import { runTootctl } from "./pods/run-command.ts";
import { judge } from "./pods/tootctl-words.ts";

/** `npm run tootctl -- [options] ARGS…`: runs Mastodon's own command in a pod of its own. */

/** Time limit of a command, hours. A search index of a large server takes a night. */
const HOURS = 12;

/** Printed if there are no arguments. */
const EXAMPLES = `Say what tootctl should do, behind the two hyphens; nothing was done. For example:
  npm run tootctl -- media usage
  npm run tootctl -- accounts modify alice --approve
  npm run tootctl -- --yes accounts delete bob`;

await new Command("npm run tootctl --")
  .description("Runs tootctl in a pod with the server's own image and environment.")
  .option("--context <name>", "context of the kubeconfig; else the current one")
  .option("--yes", "really do what can't be taken back")
  .option("--interactive", "with a keyboard, for a command that asks back")
  .option("--hours <number>", "stop it after so long", String(HOURS))
  .argument("[args...]", "what tootctl is asked, such as: media usage")
  .passThroughOptions()
  .addHelpText("after", "\nOptions come before what tootctl is asked; all after it is tootctl's.")
  .action(
    async (
      args: string[],
      options: { context?: string; yes?: true; interactive?: true; hours: string },
    ) => {
      await fromShell(async (signal) => {
        if (args.length === 0) {
          console.error(EXAMPLES);
          return 1;
        }
        const { refused, dangerous, direct, secretOutput } = judge(args);
        if (refused !== undefined) throw new Error(refused);
        if (dangerous !== undefined && options.yes !== true)
          throw new Error(
            `\`tootctl ${args.join(" ")}\` ${dangerous}; nothing was done. See what it would do with --dry-run at its end where it knows that, or mean it: npm run tootctl -- --yes ${args.join(" ")}`,
          );
        const hours = Number(options.hours);
        if (!(hours > 0 && hours <= 168))
          throw new Error(
            `--hours is "${options.hours}"; a number above 0, up to 168, is allowed.`,
          );
        const deadlineSeconds = Math.ceil(hours * 3_600);
        const cluster = await connect(options.context);
        const session = {
          name: "tootctl",
          command: ["bin/tootctl", ...args],
          direct,
          deadlineSeconds,
          out: process.stdout,
          error: process.stderr,
          say: (sentence: string) => console.error(sentence),
        };
        if (options.interactive === true)
          return told(
            await withKeyboard((keyboard) => runSession(cluster, { ...session, keyboard }, signal)),
          );
        // Logs may be sent elsewhere and kept, so no password may be in one.
        if (secretOutput) return told(await runSession(cluster, session, signal));
        return told(
          await runTootctl(
            cluster,
            { args, direct, deadlineSeconds },
            { out: (chunk) => process.stdout.write(chunk), say: session.say },
            signal,
          ),
        );
      });
    },
  )
  .parseAsync();
