import { IMAGES } from "../../config/images.ts";
import { costOf, inDollars } from "../../domain/cost.ts";
import { runDoctor } from "../../ops/doctor/command.ts";
import type { Outcome } from "../../ops/doctor/line.ts";
import type { DoctorWorld } from "../../ops/doctor/world.ts";
import type { Cluster } from "../../ops/pods/cluster.ts";
import { askedInside } from "../../ops/pods/inside.ts";
import { cloudflareClient, digitaloceanClient } from "../../ops/recover/clouds.ts";
import { configOf } from "../../ops/stack-file/place.ts";
import { runStatus } from "../../ops/status/command.ts";
import type { Shown } from "../../ops/status/part.ts";
import { clusterSeen } from "../../ops/status/terminal.ts";
import { openRest } from "../clouds/rest/open.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { execInSandbox } from "../pods/exec-in-pod.ts";
import type { ProbeGround } from "../pods/probes.ts";
import { checkOf, type Check } from "./check.ts";
import { checkUse, diskMibOf, useByAgent, withNearlyFull } from "./database-use.ts";
import { checkMailPort } from "./mail-port.ts";

/**
 * Lines of the doctor that the rehearsed world answers. The others ask this machine, GitHub, the
 * registries or the Internet.
 */
const LINES = [
  ...["tokens", "scopes", "account-scope", "account", "droplet-limit", "region"],
  ...["kubernetes-version", "left-overs", "cloudflare-token", "zone", "plan", "permissions", "r2"],
  ...["hosts", "lock", "secrets", "configuration"],
];

/** Time of a line and of a part, milliseconds: longer than a person waits, for a busy machine. */
const PATIENCE_MS = 30_000;

/**
 * Checks that `npm run doctor` has nothing to fix on the stack that was just made. Checks also that
 * `npm run status` shows it, with the engine's state and the cluster's own API.
 */
export async function checkDoctor(
  { stack, world, databases }: Pick<Rehearsal, "stack" | "world" | "databases">,
  cluster: Cluster,
  ground: ProbeGround,
): Promise<readonly Check[]> {
  const rest = await openRest(world);
  const none = (): Promise<never> => Promise.reject(new Error("there is no Internet here"));
  let said = "";
  const given: DoctorWorld = {
    say: (text) => (said += text),
    now: () => new Date(),
    cwd: stack.folder,
    environment: {
      DIGITALOCEAN_TOKEN: "any-token",
      DIGITALOCEAN_ACCESS_TOKEN: "any-token",
      CLOUDFLARE_API_TOKEN: "t".repeat(40),
    },
    run: none,
    pulumi: () => stack.pulumi,
    digitalocean: (token) => digitaloceanClient(token, rest.digitaloceanUrl),
    cloudflare: (token) => cloudflareClient(token, rest.cloudflareUrl),
    bucket: none,
    limitMs: PATIENCE_MS,
    outside: { resolve: none, get: none, handshake: none },
    inside: (question) => askedInside(cluster, question, execInSandbox(ground)),
    // Nobody listens there: a rehearsal asks no registry.
    images: {
      ...IMAGES,
      mastodon: "127.0.0.1:9/mastodon:v1",
      streaming: "127.0.0.1:9/mastodon:v1",
    },
  };
  const place = {
    stack: /Pulumi\.(.+)\.yaml$/u.exec(stack.stackFile)?.[1] ?? "",
    cwd: stack.folder,
  };
  const name = ["--stack", place.stack];
  try {
    await runDoctor([...name, "--json", "--only", LINES.join(",")], given);
    const outcomes = JSON.parse(said) as readonly Outcome[];
    said = "";
    const begun = performance.now();
    const agent = await withNearlyFull(world, databases, async () => {
      await runStatus([...name, "--json"], () => ({
        ...given,
        cluster: () => clusterSeen(cluster),
        certificateEnd: none,
      }));
      return await useByAgent(databases);
    });
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
    const parts = JSON.parse(said) as readonly Shown[];
    const config = await configOf(place);
    const wanted = await namesOf(cluster);
    return [
      checkOf(
        "the doctor has nothing to fix on the server that was just made",
        outcomes
          .filter(({ word }) => word !== "ok" && word !== "skip")
          .map((each) => `${each.name}: ${each.word}, ${each.says}`),
        `${outcomes.length} lines`,
      ),
      checkOf(
        "the status shows each Deployment with all its pods, the cost, and what waits",
        [
          ...missing(parts, "runs", "well", wanted),
          ...missing(parts, "costs", "well", [inDollars(costOf(config).dollars)]),
          // The state alone knows since when the server lives.
          ...missing(parts, "waits", "look", ["mastodon:postgres.origin.since"]),
        ],
        `${wanted.length} Deployments, asked in ${seconds} s`,
      ),
      checkUse(parts, agent, diskMibOf(world), config),
      await checkMailPort(given.inside, config),
    ];
  } finally {
    await rest.close();
  }
}

/** Faults of one part of the screen: another word, or a text that no line has. */
function missing(
  parts: readonly Shown[],
  name: string,
  word: Shown["word"],
  texts: readonly string[],
): readonly string[] {
  const part = parts.find((each) => each.name === name);
  const all = part?.lines.join("; ") ?? "";
  if (part?.word !== word) return [`${name} is ${part?.word ?? "missing"}: ${all}`];
  return texts
    .filter((text) => !all.includes(text))
    .map((text) => `${name} has no ${text}: ${all}`);
}

/** `web 2 of 2` for each Deployment of the server. */
async function namesOf(cluster: Cluster): Promise<readonly string[]> {
  const { deployments } = await clusterSeen(cluster);
  return deployments.map(
    ({ metadata, spec }) => `${metadata?.name} ${spec?.replicas} of ${spec?.replicas}`,
  );
}
