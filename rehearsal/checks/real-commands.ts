import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { NAMESPACE } from "../../config/topology.ts";
import { sentenceOf } from "../../ops/command-line.ts";
import { clusterOf } from "../../ops/pods/cluster.ts";
import { askedInside } from "../../ops/pods/inside.ts";
import { useIn } from "../../ops/status/databases.ts";
import { DATABASES } from "../../ops/status/databases-program.ts";
import { KubeConfig } from "@kubernetes/client-node";
import { checkOf, type Check } from "./check.ts";

/** Timeout of a command, milliseconds. */
const TIMEOUT_MS = 60_000;

/** Exit status and output of a command. */
interface Ran {
  readonly status: number | null;
  readonly out: string;
}

const ops = (name: string): string =>
  fileURLToPath(new URL(`../../ops/${name}.ts`, import.meta.url));

/**
 * Runs an operator's commands against real kubelets. A pod's output must arrive, the input must
 * reach the program, and nothing may remain in the cluster.
 */
export async function checkRealCommands(
  kubeconfig: string,
  domain: string,
): Promise<readonly Check[]> {
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  const tootctl = await run(process.execPath, [ops("tootctl"), "media", "usage"], env);
  // A console needs a terminal; script(1) provides one.
  const command = `${process.execPath} ${ops("console")}`;
  const typed = 'ENV["LOCAL_DOMAIN"].reverse\nexit\n';
  const answer = [...domain].reverse().join("");
  const session = await run("script", ["-qec", command, "/dev/null"], env, typed);
  return [
    checkOf(
      "`npm run tootctl` shows what its pod printed, by the pod's log",
      tootctl.status === 0 && /^Accounts: \d+$/mu.test(tootctl.out)
        ? []
        : [`status ${tootctl.status}: ${tootctl.out.slice(-300)}`],
      tootctl.out.trim().split("\n").at(-1) ?? "",
    ),
    checkOf(
      "`npm run console` answers what is typed, by exec into its pod",
      session.status === 0 && session.out.includes(answer)
        ? []
        : [`status ${session.status}: ${session.out.slice(-300)}`],
      `it says "${answer}"`,
    ),
    checkOf(
      "`npm run status` reads the databases from a web pod, by exec into its container",
      await askedDatabases(kubeconfig),
      "figures of Postgres and Valkey",
    ),
    checkOf("neither leaves a pod or a Job", await leftOf(kubeconfig), "none left"),
  ];
}

/** Faults of the databases' figures, asked through the real API server and kubelet. */
async function askedDatabases(kubeconfig: string): Promise<readonly string[]> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const output = await askedInside(clusterOf(config), DATABASES).catch(sentenceOf);
  try {
    const { postgres, valkey } = useIn(output);
    return [postgres, valkey].flatMap((each) => ("error" in each ? [each.error] : []));
  } catch {
    return [output];
  }
}

async function leftOf(kubeconfig: string): Promise<readonly string[]> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const { batch, core } = clusterOf(config);
  const query = { namespace: NAMESPACE, labelSelector: "app.kubernetes.io/component=one-off" };
  const [jobs, pods] = await Promise.all([
    batch.listNamespacedJob(query),
    core.listNamespacedPod(query),
  ]);
  // A pod that is being deleted is in its grace period.
  const staying = pods.items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  return [...jobs.items, ...staying].map(({ metadata }) => `${metadata?.name} is left`);
}

async function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input = "",
): Promise<Ran> {
  const child = spawn(command, args, { env, timeout: TIMEOUT_MS });
  const [out, error] = [text(child.stdout), text(child.stderr)];
  // Typed ahead: the terminal keeps the input until the program reads it. The stream stays open, as
  // a keyboard does.
  child.stdin.write(input);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  child.stdin.end();
  return { status, out: `${await out}${await error}` };
}
