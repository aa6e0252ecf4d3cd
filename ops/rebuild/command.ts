import { Command } from "commander";
import { drill } from "./drill.ts";
import { remember } from "./ending.ts";
import { unfinishedOn } from "./journal.ts";
import { configOf } from "../stack-file/place.ts";
import { lookAtAll } from "./look.ts";
import { nightOf, type Part } from "./night.ts";
import { workOff } from "./night-work.ts";
import type { NightOptions, NightPlan, PlanContext } from "./plan.ts";
import { adoptOption } from "../recover/command.ts";
import { accountPlan } from "./nights/account.ts";
import { clusterPlan } from "./nights/cluster.ts";
import { databasePlan } from "./nights/database.ts";
import { edgePlan } from "./nights/edge.ts";
import { regionPlan } from "./nights/region.ts";
import { statePlan } from "./nights/state.ts";
import { orphans } from "./orphans.ts";
import { Shelf } from "./shelf.ts";
import { CALLS, totalOf } from "./times.ts";
import { endingOf, tableOf } from "./words.ts";
import type { RebuildWorld } from "./world.ts";

/** A part's plans. */
interface PartWork {
  readonly description: string;
  /** The plan of this night. @throws Error in a sentence if it is another one, or none. */
  readonly plan: (context: PlanContext) => NightPlan | Promise<NightPlan>;
}

const WORKS: Readonly<Partial<Record<Part, PartWork>>> = {
  cluster: {
    description: "brings a deleted cluster or node pool back",
    plan: clusterPlan,
  },
  database: {
    description: "brings a lost database back, or takes over a fork of one with wrong rows",
    plan: databasePlan,
  },
  region: {
    description: "makes everything in another region, with the data of a dump",
    plan: regionPlan,
  },
  account: {
    description: "makes everything in another DigitalOcean account, with the data of a dump",
    plan: accountPlan,
  },
  state: {
    description: "brings a lost or incomplete state back, while the server serves",
    plan: statePlan,
  },
  edge: {
    description: "brings the tunnel, records or media hosts back",
    plan: edgePlan,
  },
};

/**
 * `npm run rebuild`. Names the night, and does its work.
 * @param args the arguments after `--`.
 * @returns whether nothing is left to do: the exit status.
 * @throws Error in a sentence for the operator.
 */
export async function runRebuild(args: readonly string[], world: RebuildWorld): Promise<boolean> {
  let well = true;
  const program = new Command("npm run rebuild --")
    .description("Says what is lost, and brings it back. Alone it only looks.")
    .option("--stack <name>", "the stack", "prod")
    .option("--cwd <folder>", "the project's folder", world.cwd)
    .option("--yes <domain>", "the server's domain: don't ask")
    .option("--account <name>", "a local account for the check; else the server's contact")
    .option("--old-world-is-dead", "go on though connectors stay", false)
    .option("--cluster <id>", "database: a cluster that DigitalOcean made, such as a fork")
    .option("--to <region>", "region: the one to rebuild in")
    .option("--dump <time>", "database: newest, or the time in a dump's name")
    .option("--identity <file>", "the age identity of the dumps; else of BACKUP_IDENTITY_FILE")
    .option("--file <copy>", "state: a copy of it on this disk; else the newest in its place")
    .addOption(adoptOption())
    .exitOverride()
    .configureOutput({ writeOut: world.say, writeErr: world.say })
    .action(async () => {
      well = await diagnose(program.opts<NightOptions>(), world);
    });
  for (const [part, work] of Object.entries(WORKS))
    program
      .command(part)
      .description(work.description)
      .action(async () => {
        well = await rebuild(part as Part, work, program.opts<NightOptions>(), world);
      });
  program
    .command("orphans")
    .description("lists what is billed for the stack and stands in no state, with its price")
    .option("--delete <id>", "delete this cluster")
    .action(async ({ delete: id }: { readonly delete?: string }) => {
      well = await orphans(program.opts<NightOptions>(), id, world);
    });
  program
    .command("drill")
    .description("restores the newest dump beside the live database, compares it, and drops it")
    .option("--context <name>", "context of the kubeconfig; else the current one")
    .action(async ({ context }: { readonly context?: string }) => {
      well = await drill(program.opts<NightOptions>(), context, world);
    });
  program
    .command("remember")
    .description("notes on a good day by which public keys other servers know this one")
    .action(async () => {
      const options = program.opts<NightOptions>();
      const config = await configOf(options);
      const shelf = new Shelf(options, world);
      well = await remember({ options, config, world, shelf });
    });
  await program.parseAsync(args, { from: "user" });
  return well;
}

/** Looks, and names the night. @returns whether nothing is wrong. */
async function diagnose(options: NightOptions, world: RebuildWorld): Promise<boolean> {
  const config = await configOf(options);
  const { facts } = await lookAtAll(options, config, world);
  const open = await unfinishedOn(new Shelf(options, world), world.now());
  const night = nightOf(facts);
  world.say(tableOf(facts, world.now()));
  const part = night.word === "night" ? night.part : undefined;
  const minutes =
    part && (await minutesOf(part, { facts, config, options, world, open: undefined }));
  world.say(`\n${endingOf(night, minutes, open)}`);
  return night.word === "nothing" && open === undefined;
}

/** Estimated duration of a night, minutes. Undefined if its plan needs an answer first. */
async function minutesOf(part: Part, context: PlanContext): Promise<number | undefined> {
  try {
    const plan = await WORKS[part]?.plan(context);
    const lines = plan?.steps.flatMap((step) => step.lines);
    return lines && Math.ceil(totalOf([...lines, CALLS.check]) / 60);
  } catch {
    return undefined;
  }
}

async function rebuild(
  part: Part,
  { plan }: PartWork,
  options: NightOptions,
  world: RebuildWorld,
): Promise<boolean> {
  const config = await configOf(options);
  const shelf = new Shelf(options, world);
  const open = await unfinishedOn(shelf, world.now(), part);
  const { facts } = await lookAtAll(options, config, world);
  const planned = await plan({ facts, config, options, world, open });
  return await workOff(planned, { options, config, world, shelf }, open);
}
