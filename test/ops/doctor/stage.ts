import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { LINES } from "../../../ops/doctor/all.ts";
import type { Judgement, Outcome } from "../../../ops/doctor/line.ts";
import { CLI } from "../../../ops/doctor/lines/programs.ts";
import { runLines } from "../../../ops/doctor/run.ts";
import { sceneOf } from "../../../ops/doctor/scene.ts";
import { NoProgram, type DoctorWorld, type RunProgram } from "../../../ops/doctor/world.ts";
import { cloudflareClient, digitaloceanClient, type Json } from "../../../ops/recover/clouds.ts";
import { readyToRehearse } from "../../../plan/stack-file.ts";
import { openRest, type RestFaces } from "../../../rehearsal/clouds/rest/open.ts";
import { Cloud } from "../../../rehearsal/test/clouds/cloud.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** Ids of `readyToRehearse`. */
const ACCOUNT = "4f1c2a9be07d43568d3f9a60c7b1e285";
const ZONE = "9d27e6b05a1f4c83b6e48f2d7013ca5e";

/** One way in which a line fails. */
export interface DoctorCase {
  /** Name of the line. */
  readonly line: string;
  /** The thing that is broken, in a clause: "the token may not read its account". */
  readonly failedBy: string;
  readonly arrange: (stage: Stage) => void | Promise<void>;
  /** Default: "fix". */
  readonly word?: Judgement["word"];
}

/** A machine and two simulated clouds on which every line is ok, until a case breaks something. */
export class Stage {
  readonly cloud: Cloud;
  readonly rest: RestFaces;
  readonly cwd = temporaryFolder("doctor");
  readonly environment: Record<string, string | undefined> = {
    PATH: "/usr/bin",
    DIGITALOCEAN_TOKEN: "dop_v1_the-token-of-digitalocean",
    DIGITALOCEAN_ACCESS_TOKEN: "dop_v1_the-token-of-digitalocean",
    CLOUDFLARE_API_TOKEN: "c".repeat(40),
    PULUMI_CONFIG_PASSPHRASE: "k3q7d-abcde-fghij-klmno-pqrst-u",
  };
  /** Output of each program by its command line; a program without any line is not installed. */
  readonly programs = new Map<string, string>([
    ["node --version", "v24.21.0"],
    ["pulumi version", `v${CLI}`],
    ["doctl version", "doctl version 1.166.0-release"],
  ]);
  /** The stack file. */
  text = readyToRehearse(readFileSync("Pulumi.prod.yaml", "utf8"));
  /** Tokens of another account of DigitalOcean's: it answers them with other ids. */
  readonly accountsByToken = new Set<string>();
  now = new Date();
  limitMs = 2_000;
  #elsewhere: RestFaces | undefined;

  private constructor(cloud: Cloud, rest: RestFaces) {
    this.cloud = cloud;
    this.rest = rest;
  }

  static async open(): Promise<Stage> {
    const cloud = new Cloud();
    cloud.world.zones.set(ZONE, { accountId: ACCOUNT, name: "example.social" });
    const rest = await openRest(cloud.world);
    const stage = new Stage(cloud, rest);
    onTestFinished(async () => {
      await rest.close();
      await stage.#elsewhere?.close();
    });
    return stage;
  }

  /** Runs one line. */
  async outcomeOf(name: string): Promise<Outcome> {
    const lines = LINES.filter((line) => line.name === name);
    const place = { stack: "prod", cwd: this.cwd };
    const [outcome] = await runLines(lines, sceneOf(place, this.world()));
    if (outcome === undefined) throw new Error(`There is no line ${name}.`);
    return outcome;
  }

  world(say: (text: string) => void = () => {}): DoctorWorld {
    writeFileSync(join(this.cwd, "Pulumi.prod.yaml"), this.text);
    return {
      say,
      now: () => this.now,
      cwd: this.cwd,
      environment: this.environment,
      run: this.#run,
      pulumi: () => (args) => this.#run("pulumi", args),
      digitalocean: (token) => this.#digitalocean(token),
      cloudflare: (token) => cloudflareClient(token, this.rest.cloudflareUrl),
      bucket: () => Promise.reject(new Error("PULUMI_BACKEND_URL is not set")),
      outside: {
        resolve: () => Promise.resolve([]),
        get: () => Promise.reject(new Error("no answer")),
        handshake: () => Promise.reject(new Error("no answer")),
      },
      limitMs: this.limitMs,
    };
  }

  async #digitalocean(token: string): Promise<Json> {
    if (!this.accountsByToken.has(token))
      return await digitaloceanClient(token, this.rest.digitaloceanUrl);
    this.#elsewhere ??= await openRest(new Cloud().world);
    const { digitaloceanUrl } = this.#elsewhere;
    return await digitaloceanClient(token, digitaloceanUrl);
  }

  readonly #run: RunProgram = (program, args) => {
    const output = this.programs.get([program, ...args].join(" "));
    if (output !== undefined) return Promise.resolve(output);
    return [...this.programs.keys()].some((line) => line.startsWith(`${program} `))
      ? Promise.reject(new Error(`\`${program} ${args[0]}\` failed: no such thing`))
      : Promise.reject(new NoProgram(program));
  };
}
