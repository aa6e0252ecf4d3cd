import { Command, Option } from "commander";
import { fromCommandLine } from "../command-line.ts";
import { fileNotes, readEnvFile } from "./file.ts";
import { FLAGS, importEnv } from "./import.ts";
import { DIALECTS, type Dialect } from "./read.ts";
import { reportOf } from "./report.ts";
import { pulumiCli } from "../secrets/pulumi.ts";
import { SecretStore } from "../secrets/store.ts";

/** `npm run env -- import .env.production`: imports an existing server's settings into a stack. */
const GIVEN = { ...FLAGS, zoneName: "cloudflare.zone" } as const;

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
  .option("--zone-name <name>", "the zone's name, where it is not the domain itself")
  .addOption(
    new Option(
      "--dialect <name>",
      "what reads the file on the old server: Mastodon, or Docker Compose",
    )
      .choices(DIALECTS)
      .default("rails"),
  )
  .option(
    "--keys-are-new",
    "the old server is older than Mastodon 4.3: it has no keys of its own",
    false,
  )
  .option("--replace", "change plain values that are there already; secrets never are", false)
  .option("--dry-run", "say what would be written, and write nothing", false)
  .action(
    async (
      file: string,
      options: Readonly<Partial<Record<keyof typeof GIVEN, string>>> & {
        readonly stack: string;
        readonly cwd: string;
        readonly dialect: Dialect;
        readonly keysAreNew: boolean;
        readonly replace: boolean;
        readonly dryRun: boolean;
      },
    ) => {
      const { stack, cwd, dialect, keysAreNew, replace, dryRun } = options;
      const given = Object.fromEntries(
        Object.entries(GIVEN).flatMap(([flag, key]) => {
          const value = options[flag as keyof typeof GIVEN];
          return value === undefined ? [] : [[key, value]];
        }),
      );
      const store = new SecretStore(cwd, stack, pulumiCli({ cwd }));
      const text = await readEnvFile(file);
      const how = { dialect, given, keysAreNew, replace, dryRun };
      const imported = await importEnv(store, { text, ...how });
      const notes = [...(await fileNotes(file)), ...imported.notes];
      console.log(reportOf({ ...imported, notes }, dryRun));
    },
  );

await fromCommandLine(command);
