import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { IMAGES, type Images } from "../../../config/images.ts";
import { dumpAddressOf } from "../../../ops/backup/dumps.ts";
import { LINES } from "../../../ops/doctor/all.ts";
import type { Judgement, Outcome } from "../../../ops/doctor/line.ts";
import { WORKFLOW_SECRETS } from "../../../ops/doctor/lines/github.ts";
import { CLI } from "../../../ops/doctor/lines/programs.ts";
import { runLines } from "../../../ops/doctor/run.ts";
import { sceneOf } from "../../../ops/doctor/scene.ts";
import { NoProgram, type DoctorWorld, type RunProgram } from "../../../ops/doctor/world.ts";
import { cloudflareClient, digitaloceanClient, type Json } from "../../../ops/recover/clouds.ts";
import type { OutsideAnswer } from "../../../ops/rebuild/world.ts";
import type { StackExport } from "../../../ops/recover/state.ts";
import { STACK } from "../../../ops/recover/types.ts";
import { withEscrowRecord } from "../../../ops/secrets/escrow-record.ts";
import type { LockedPart } from "../../../ops/state/bucket.ts";
import { LOCKED } from "../../../ops/state/keep.ts";
import { configOf } from "../../../ops/stack-file/place.ts";
import { readyToRehearse } from "../../../plan/stack-file.ts";
import { openRest, type RestFaces } from "../../../rehearsal/clouds/rest/open.ts";
import { S3Server } from "../../../rehearsal/state/s3-server.ts";
import { Cloud } from "../../../rehearsal/test/clouds/cloud.ts";
import { R2_BUCKET, r2Inputs } from "../../../rehearsal/test/clouds/standard.ts";
import { MANIFEST, RECIPIENT } from "../../backup/sample.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { digestOf, indexOf, OCI_INDEX, startRegistry, type Registry } from "../registry.ts";
import { shop } from "../shop.ts";

/** Ids of `readyToRehearse`. */
export const ACCOUNT = "4f1c2a9be07d43568d3f9a60c7b1e285";
export const ZONE = "9d27e6b05a1f4c83b6e48f2d7013ca5e";

/** The key of the state's bucket. */
export const S3_KEY = { id: "the-id-of-the-key", secret: "the-secret-of-the-key" } as const;

/** Command line of `gh` that reads a path of the repository. */
export const gh = (path: string): string => `gh api repos/{owner}/{repo}${path}`;

const secrets = { secrets: WORKFLOW_SECRETS.map((name) => ({ name })) };
const reviewed = { protection_rules: [{ type: "required_reviewers" }, { type: "branch_policy" }] };

/** GitHub's answers about a repository that is set up as docs/operate.md says. */
const GITHUB: Readonly<Record<string, unknown>> = {
  "/environments": {
    environments: [
      { name: "preview", ...reviewed, deployment_branch_policy: null },
      {
        name: "production",
        ...reviewed,
        deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
      },
    ],
  },
  "/environments/preview/secrets?per_page=100": secrets,
  "/environments/production/secrets?per_page=100": secrets,
  "/environments/preview/variables?per_page=100": { variables: [] },
  "/environments/production/variables?per_page=100": { variables: [] },
  "/environments/production/deployment-branch-policies": { branch_policies: [{ name: "main" }] },
  "/actions/variables?per_page=100": { variables: [{ name: "PULUMI_BACKEND_URL" }] },
  "/rules/branches/main": [{ type: "pull_request" }, { type: "required_status_checks" }],
};

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
    AWS_ACCESS_KEY_ID: S3_KEY.id,
    AWS_SECRET_ACCESS_KEY: S3_KEY.secret,
  };
  /** Output of each program by its command line; a program without any line is not installed. */
  readonly programs = new Map<string, string>([
    ["node --version", "v24.21.0"],
    ["pulumi version", `v${CLI}`],
    ["pulumi stack ls --json", JSON.stringify([{ name: "organization/mastodon/prod" }])],
    ["doctl version", "doctl version 1.166.0-release"],
    ...Object.entries(GITHUB).map(([path, answer]) => [gh(path), JSON.stringify(answer)] as const),
  ]);
  /** Errors of programs, by their command line. */
  readonly failures = new Map<string, string>();
  /** The state of the stack. */
  state: StackExport = { version: 3, deployment: { resources: [] } };
  /** Lock rules of the state's bucket. */
  locks: LockedPart[] = LOCKED.map((prefix) => ({ prefix, days: 90 }));
  /** Answers of the Internet, by URL; any other has none. */
  readonly internet = new Map<string, OutsideAnswer>();
  /** Answers of programs in the server's pods, by the pods' component; an Error is their reason. */
  readonly inside = new Map<string, string | Error>();
  /** Status of streaming's handshake; undefined: no answer. */
  handshake: number | undefined;
  images: Images = IMAGES;
  readonly registry: Registry;
  readonly s3: S3Server;
  /** The stack file; undefined: there is none. */
  text: string | undefined = withEscrowRecord(
    readyToRehearse(readFileSync("Pulumi.prod.yaml", "utf8")),
    new Date(),
  );
  /** Tokens of another account of DigitalOcean's: it answers them with other ids. */
  readonly accountsByToken = new Set<string>();
  now = new Date();
  limitMs = 25_000;
  #elsewhere: RestFaces | undefined;

  private constructor(cloud: Cloud, rest: RestFaces, registry: Registry, s3: S3Server) {
    this.cloud = cloud;
    this.rest = rest;
    this.registry = registry;
    this.s3 = s3;
    this.environment["PULUMI_BACKEND_URL"] =
      `s3://mastodon-state?endpoint=${s3.url}&region=auto&s3ForcePathStyle=true`;
  }

  static async open(): Promise<Stage> {
    const cloud = new Cloud();
    cloud.world.zones.set(ZONE, { accountId: ACCOUNT, name: "example.social" });
    cloud.world.account.email = "ops@example.social";
    const rest = await openRest(cloud.world);
    const registry = await startRegistry();
    const s3 = await S3Server.start({
      store: cloud.world.r2,
      directory: temporaryFolder("doctor-s3"),
      keys: (id) => (id === S3_KEY.id ? { secret: S3_KEY.secret, may: () => true } : undefined),
      exists: (bucket) => bucket === "mastodon-state",
    });
    const stage = new Stage(cloud, rest, registry, s3);
    onTestFinished(async () => {
      await Promise.all([rest.close(), registry.stop(), s3.stop(), stage.#elsewhere?.close()]);
    });
    stage.#fillRegistry();
    await stage.#makeSecrets();
    return stage;
  }

  /** The images of the release, each at the registry with its digest. */
  #fillRegistry(): void {
    const body = indexOf("linux/amd64");
    this.images = Object.fromEntries(
      Object.entries(IMAGES).map(([key, image]) => {
        const [, tag = ""] = /:([^:@]+)(?:@|$)/u.exec(image) ?? [];
        this.registry.serve(key, tag, { body, type: OCI_INDEX });
        this.registry.list(key, [tag], 100);
        return [key, `${this.registry.host}/${key}:${tag}@${digestOf(body)}`];
      }),
    ) as unknown as Images;
  }

  /** Answers of the CLI about secrets that `npm run secrets -- init` made. */
  async #makeSecrets(): Promise<void> {
    const made = shop();
    await made.run("init");
    const args = ["config", "--show-secrets", "--json", "--stack", "prod"];
    this.programs.set(`pulumi ${args.join(" ")}`, await made.pulumi.run(args));
  }

  /** Replaces a text in the stack file. */
  write(before: string, after: string): void {
    if (this.text?.includes(before) !== true) throw new Error(`The stack file has no ${before}.`);
    this.text = this.text.replaceAll(before, after);
  }

  /** Configures dumps, and puts good ones of these ages into their bucket, hours. */
  async makeDumps(ages: readonly number[]): Promise<void> {
    this.write("config:\n", `config:\n  mastodon:backup: { recipient: ${RECIPIENT} }\n`);
    const address = dumpAddressOf(await configOf({ stack: "prod", cwd: this.world().cwd }))!;
    const { jurisdiction, bucket: name, account: accountId } = address;
    await this.cloud.make(R2_BUCKET, "dumps", { ...r2Inputs, name, accountId, jurisdiction });
    const put = (key: string, text: string): void =>
      this.cloud.world.r2.put(name, key, Buffer.from(text));
    for (const age of ages) {
      const time = new Date(this.now.getTime() - age * 3_600_000);
      const stamp = `${time.toISOString().slice(0, 19).replaceAll(/[-:]/gu, "")}Z`;
      const object = `dumps/prod/${stamp}.dump.age`;
      put(object, "age");
      const manifest = { ...MANIFEST, object, domain: "example.social" };
      put(`dumps/prod/${stamp}.json`, JSON.stringify(manifest));
    }
  }

  /** A server after its first update: its state and its answers. */
  runs(running: object = {}): void {
    const outputs = { running: { publicHosts: ["example.social"], ...running } };
    const stack = {
      urn: "urn:pulumi:prod::mastodon::pulumi:pulumi:Stack::it",
      type: STACK,
      outputs,
    };
    this.state = { version: 3, deployment: { resources: [stack] } };
    const answer = (url: string, content: unknown): void =>
      void this.internet.set(url, { status: 200, text: JSON.stringify(content) });
    const contact = { account: { acct: "alice" } };
    answer("https://example.social/health", "OK");
    answer("https://example.social/api/v2/instance", { domain: "example.social", contact });
    const actor = "https://example.social/users/alice";
    answer("https://example.social/.well-known/webfinger?resource=acct%3Aalice%40example.social", {
      links: [{ rel: "self", href: actor }],
    });
    for (const each of [actor, "https://example.social/actor"])
      answer(each, { publicKey: { publicKeyPem: "-----BEGIN PUBLIC KEY-----" } });
    answer("https://example.social/.well-known/nodeinfo", {
      links: [{ href: "https://example.social/nodeinfo/2.0" }],
    });
    answer("https://example.social/nodeinfo/2.0", {
      software: { name: "mastodon", version: "4.7.6" },
    });
    this.handshake = 401;
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
    if (this.text !== undefined) writeFileSync(join(this.cwd, "Pulumi.prod.yaml"), this.text);
    return {
      say,
      now: () => this.now,
      cwd: this.cwd,
      environment: this.environment,
      run: this.#run,
      pulumi: () => (args) => this.#run("pulumi", args),
      digitalocean: (token) => this.#digitalocean(token),
      cloudflare: (token) => cloudflareClient(token, this.rest.cloudflareUrl),
      bucket: () =>
        Promise.resolve({
          where: "the bucket",
          list: () => Promise.resolve([]),
          read: () => Promise.reject(new Error("no object")),
          write: () => Promise.reject(new Error("no object")),
          locks: () => Promise.resolve(this.locks),
        }),
      outside: {
        resolve: () => Promise.resolve(this.internet.size > 0 ? ["192.0.2.1"] : []),
        get: async (url) => {
          const answer = this.internet.get(url);
          if (answer === undefined) throw new Error("no answer");
          return await Promise.resolve(answer);
        },
        handshake: async () => {
          if (this.handshake === undefined) throw new Error("no answer");
          return await Promise.resolve(this.handshake);
        },
      },
      inside: async ({ component }) => {
        const answer = this.inside.get(component) ?? new Error(`no pod of ${component} runs`);
        if (answer instanceof Error) throw answer;
        return await Promise.resolve(answer);
      },
      images: this.images,
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
    const line = [program, ...args].join(" ");
    const failure = this.failures.get(line);
    if (failure !== undefined) return Promise.reject(new Error(failure));
    if (line === "pulumi stack export --stack prod")
      return Promise.resolve(JSON.stringify(this.state));
    const output = this.programs.get(line);
    if (output !== undefined) return Promise.resolve(output);
    return [...this.programs.keys()].some((line) => line.startsWith(`${program} `))
      ? Promise.reject(new Error(`\`${program} ${args[0]}\` failed: no such thing`))
      : Promise.reject(new NoProgram(program));
  };
}
