import { Command } from "commander";
import { access } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { besideCommand } from "./beside-command.ts";
import { dumpTo } from "./dump.ts";
import { raiseEpoch } from "./epoch.ts";
import { withDatabasePod } from "./pod.ts";
import { adoptFromShell, formerOption } from "../restore/command.ts";
import type { Former } from "../restore/origin.ts";
import { restoreInto } from "./restore.ts";
import { stackFileOf } from "../stack-file/place.ts";
import { readable } from "../env/file.ts";
import { connect } from "../pods/cluster.ts";
import { fromCommandLine } from "../command-line.ts";
import { fromShell, withKeyboard } from "../pods/command-line.ts";

/**
 * `npm run db -- dump|restore|psql`: works on the database from a pod in the cluster. The database
 * allows only the cluster's nodes, and the namespace's policies only pods with certain labels.
 */
const program = new Command("npm run db --").description(
  "Dumps the database, restores a dump into it, or opens psql, in a pod of its own.",
);
const said = { say: (sentence: string): void => console.error(sentence) };
const context = ["--context <name>", "context of the kubeconfig; else the current one"] as const;

program
  .command("dump")
  .description("writes a dump of the whole database, made by pg_dump --format=custom")
  .argument("<file>", "a file that is not there yet")
  .option(...context)
  .action(async (file: string, options: { context?: string }) => {
    await fromShell(async (signal) => {
      if (await exists(file)) throw new Error(`${file} is there already. Name another file.`);
      const cluster = await connect(options.context);
      await withDatabasePod(cluster, signal, (run) => dumpTo(run, file), said);
      console.error(
        `Written to ${file}. It holds everything that members wrote: keep it encrypted.`,
      );
      return 0;
    });
  });
program
  .command("restore")
  .description("puts a dump in the place of what the database holds, in one transaction")
  .argument("<file>", "made by pg_dump --format=custom")
  .option(...context)
  .option("--stack <name>", "the stack", "prod")
  .option("--cwd <folder>", "the project's folder", process.cwd())
  .option("--replace", "also where the database holds members", false)
  .action(
    async (
      file: string,
      options: { context?: string; stack: string; cwd: string; replace: boolean },
    ) => {
      await fromShell(async (signal) => {
        await readable(file);
        const stackFile = stackFileOf(options);
        await readable(stackFile);
        const cluster = await connect(options.context);
        await withDatabasePod(
          cluster,
          signal,
          (run) =>
            restoreInto(cluster, run, {
              open: () => createReadStream(file),
              replace: options.replace,
              ...said,
            }),
          said,
        );
        const epoch = await raiseEpoch(stackFile);
        console.error(
          `Restored. mastodon:postgres.origin.epoch is ${epoch} in ${stackFile}, so the next update runs grants and migrations on it. Next: set mastodon:stopped to [sidekiq], then \`pulumi up\`.`,
        );
        return 0;
      });
    },
  );
program
  .command("adopt")
  .description(
    "writes a database cluster that DigitalOcean made, a fork or a point in time, into the stack file",
  )
  .argument("<id>", "its id, as `doctl databases list` shows it")
  .addOption(formerOption())
  .option("--stack <name>", "the stack", "prod")
  .option("--cwd <folder>", "the project's folder", process.cwd())
  .action(async (id: string, options: { former: Former; stack: string; cwd: string }) => {
    const { name, number } = await adoptFromShell({ id, ...options });
    console.error(
      `Written: database ${number} is ${name}. Next: npm run preview -- --stack ${options.stack}, then npm run up -- --stack ${options.stack} --refresh. The way back is mastodon:postgres.former serve.`,
    );
  });
program.addCommand(besideCommand());
program
  .command("psql")
  .description("opens psql as the application's role")
  .option(...context)
  .action(async (options: { context?: string }) => {
    await fromShell(async (signal) => {
      const cluster = await connect(options.context);
      return await withKeyboard((keyboard) =>
        withDatabasePod(
          cluster,
          signal,
          (run) => run({ command: ["psql"], out: process.stdout, error: process.stderr, keyboard }),
          said,
        ),
      );
    });
  });

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

await fromCommandLine(program);
