import { Command } from "commander";
import { readFile } from "node:fs/promises";
import { fromCommandLine } from "./command-line.ts";
import { importEnv } from "./env/import.ts";
import { reportOf } from "./env/report.ts";
import { pulumiCli } from "./secrets/pulumi.ts";
import { SecretStore } from "./secrets/store.ts";

/** `npm run env -- import .env.production`: an existing server's settings as a stack's. */
const GIVEN = {
  profile: "profile",
  region: "region",
  kubernetes: "cluster.version",
  account: "cloudflare.accountId",
  zone: "cloudflare.zoneId",
} as const;

const command = new Command("env").description("Settings of a server that runs elsewhere.");
command
  .command("import")
  .description("Turns an .env.production into config and secrets of a stack.")
  .argument("<file>", "the old server's .env.production")
  .option("--stack <name>", "the stack", "prod")
  .option("--cwd <folder>", "the project's folder", process.cwd())
  .option("--profile <name>", "sizes: solo, small, medium or large")
  .option("--region <slug>", "DigitalOcean's region")
  .option("--kubernetes <slug>", "DOKS' version")
  .option("--account <id>", "Cloudflare's account")
  .option("--zone <id>", "Cloudflare's zone of the domain")
  .option("--replace", "change plain values that are there already; secrets never are", false)
  .option("--dry-run", "say what would be written, and write nothing", false)
  .action(
    async (
      file: string,
      options: Readonly<Partial<Record<keyof typeof GIVEN, string>>> & {
        readonly stack: string;
        readonly cwd: string;
        readonly replace: boolean;
        readonly dryRun: boolean;
      },
    ) => {
      const { stack, cwd, replace, dryRun } = options;
      const given = Object.fromEntries(
        Object.entries(GIVEN).flatMap(([flag, key]) => {
          const value = options[flag as keyof typeof GIVEN];
          return value === undefined ? [] : [[key, value]];
        }),
      );
      const store = new SecretStore(cwd, stack, pulumiCli({ cwd }));
      const text = await readSettingsFile(file);
      const imported = await importEnv(store, { text, given, replace, dryRun });
      console.log(reportOf(imported, dryRun));
    },
  );

await fromCommandLine(command);

async function readSettingsFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(
      `There is no file ${file}; nothing was written. Name the old server's .env.production.`,
    );
  }
}
