import { execFile } from "node:child_process";
import { IMAGES } from "../../config/images.ts";
import type { Cluster } from "../pods/cluster.ts";
import type { AskInside } from "../pods/inside.ts";
import { cloudflareClient, digitaloceanClient } from "../recover/clouds.ts";
import { INTERNET } from "../rebuild/internet.ts";
import { pulumiCli } from "../secrets/pulumi.ts";
import { placeWorld } from "../state/place.ts";
import { NoProgram, type DoctorWorld, type Environment, type RunProgram } from "./world.ts";

/** Runs a program of this machine. */
const run: RunProgram = (program, args, environment = process.env, cwd = process.cwd()) =>
  new Promise((resolve, reject) => {
    const options = { cwd, env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" } };
    execFile(program, [...args], options, (error, output, complaint) => {
      if (error === null) resolve(output.trimEnd());
      else if ((error as NodeJS.ErrnoException).code === "ENOENT") reject(new NoProgram(program));
      // Standard error, and never the output, which may hold what was asked for.
      else reject(new Error(`\`${program} ${args[0] ?? ""}\` failed: ${complaint.trim()}`));
    });
  });

/** The cluster of the kubeconfig, and a program in one of its pods. */
export function clusterInside(cluster: () => Promise<Cluster>): AskInside {
  return async (question) => {
    const { askedInside } = await import("../pods/inside.ts");
    return await askedInside(await cluster(), question);
  };
}

/** Connects to the kubeconfig's cluster. Its client is loaded with the first question. */
export async function clusterOfKubeconfig(context: string | undefined): Promise<Cluster> {
  const { connect } = await import("../pods/cluster.ts");
  return await connect(context);
}

/** The world of a person at a terminal, or of a deploy. */
export function terminalWorld(environment: Environment = process.env): DoctorWorld {
  return {
    say: (text) => console.log(text),
    now: () => new Date(),
    cwd: process.cwd(),
    environment,
    run,
    pulumi: (cwd) => pulumiCli({ cwd }),
    digitalocean: digitaloceanClient,
    cloudflare: cloudflareClient,
    bucket: placeWorld(environment).bucket,
    outside: INTERNET,
    inside: clusterInside(() => clusterOfKubeconfig(undefined)),
    images: IMAGES,
  };
}
