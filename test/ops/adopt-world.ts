import { adopt } from "../../ops/adopt/command.ts";
import type { AdoptWorld } from "../../ops/adopt/world.ts";
import type { LiveObject, OpenCluster } from "../../ops/adopt/in-cluster.ts";
import { Marks, type StackPlan } from "../../ops/adopt/planned.ts";
import type { Properties, StackExport } from "../../ops/recover/state.ts";
import { openRest, type RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import { SECRET_MARK } from "../../plan/answers.ts";
import { planStack, type Plan, type PlanOptions } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import type { PlannedResource } from "../../plan/recorder.ts";
import { stackPlanOf } from "../../rehearsal/plan/state-plan.ts";
import { reveal } from "../../plan/values.ts";
import { lifeAfter } from "../../domain/data-life.ts";
import { imagesOf } from "../../domain/images.ts";
import { parseConfig } from "../../input/parse.ts";
import { zoneOf } from "../../domain/hosts.ts";
import { SPACES_KEY } from "../../rehearsal/test/clouds/standard.ts";
import { cloudsAt } from "./recover-world.ts";
import { Cloud, type Made } from "../../rehearsal/test/clouds/cloud.ts";

/** A whole server at both clouds and in a cluster, without an engine, and a state without it. */

/** A secret that Cloudflare accepts. */
const secrets = { tunnelSecret: Buffer.alloc(32, SECRET_MARK).toString("base64") };

/** A stack: its file, and its deployed release. */
export interface Shape {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly options?: PlanOptions;
}

/** Creation time of the server and its database. */
const BORN = new Date();

/** Plans a stack for the command and for the world. */
export async function planOf({ raw, options }: Shape): Promise<Plan> {
  const config = parseConfig(raw);
  const image = imagesOf(config, options?.release?.images).mastodon;
  const life = lifeAfter(undefined, config, image, BORN);
  return await planStack(raw, { life, exists: true, ...options, secrets });
}

const PRODUCTION: Shape = { raw: readStackFile() };
const planned = await planOf(PRODUCTION);

/** Production's plan. */
export const PLAN: StackPlan = stackPlanOf("prod", planned);

/** Name that Pulumi generated for an object in the cluster. */
const madeName = (name: string): string => `${name}-5f0a9c3e`;

/** Everything that the program creates. */
export class ServerWithoutState {
  readonly cloud = new Cloud();
  readonly #rest: RestFaces;
  /** The plan that was created. */
  readonly made: Plan;
  /** The command's plan: from the file only, without the release and its history. */
  readonly #plan: StackPlan;
  /** Ids at the clouds, by logical name. */
  readonly ids = new Map<string, string>();
  /** All resources at the clouds, with the program's inputs. */
  readonly atClouds: (Pick<PlannedResource, "name" | "ignoreChanges"> &
    Pick<Made, "ref" | "inputs">)[] = [];
  /** Objects of the cluster, by logical name. */
  readonly objects = new Map<string, readonly LiveObject[]>();
  state: StackExport = { version: 3, deployment: { resources: [] } };
  written: StackExport | undefined;
  said = "";
  /** Ids of the objects that a command has deleted. */
  readonly deleted: string[] = [];
  /** Status that the cluster's API returns instead of an object. */
  clusterStatus: number | undefined;

  private constructor(rest: RestFaces, cloud: Cloud, made: Plan, plan: StackPlan) {
    this.#rest = rest;
    this.cloud = cloud;
    this.made = made;
    this.#plan = plan;
  }

  static async open(shape?: Shape): Promise<ServerWithoutState> {
    const cloud = new Cloud();
    const { raw, options } = shape ?? PRODUCTION;
    const config = parseConfig(raw);
    const { zoneId, accountId, plan } = config.cloudflare;
    cloud.world.zones.set(zoneId, { accountId, name: zoneOf(config) ?? config.webDomain });
    cloud.world.zonePlans.set(zoneId, plan);
    const made = shape === undefined ? planned : await planOf(shape);
    // The file contains neither the earlier nor the deployed release.
    const known = stackPlanOf("prod", options === undefined ? made : await planOf({ raw }));
    const server = new ServerWithoutState(await openRest(cloud.world), cloud, made, known);
    await server.#make();
    return server;
  }

  get rest(): RestFaces {
    return this.#rest;
  }

  async close(): Promise<void> {
    await this.#rest.close();
  }

  /** Runs the command with these answers. */
  async adopt(
    names: readonly string[] = [],
    answers: Readonly<Record<string, string>> = {},
  ): Promise<boolean> {
    this.said = "";
    return await adopt(
      { stack: "prod", cwd: ".", names, answered: new Map(Object.entries(answers)), yes: true },
      this.commandsWorld(),
    );
  }

  /** World of the commands that adopt. */
  commandsWorld(): AdoptWorld {
    return {
      say: (text) => (this.said += `${text}\n`),
      confirm: () => Promise.resolve(undefined),
      now: () => new Date("2026-11-28T12:00:00.000Z"),
      cwd: ".",
      pulumi: () => (command, input) => {
        if (command[1] === "export") return Promise.resolve(JSON.stringify(this.state));
        this.written = JSON.parse(input ?? "") as StackExport;
        return Promise.resolve("");
      },
      plan: () => Promise.resolve(this.#plan),
      clouds: () => cloudsAt(this.#rest),
      cluster: () => Promise.resolve(this.#cluster()),
    };
  }

  /** Entry of a resource in the written state. */
  entry(name: string) {
    return this.written?.deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
  }

  #cluster(): OpenCluster {
    const answer = async <T>(value: T): Promise<T> => {
      if (this.clusterStatus !== undefined)
        throw Object.assign(new Error("refused"), { status: this.clusterStatus });
      return await Promise.resolve(value);
    };
    return {
      server: "https://cluster.k8s.example",
      certificate: "bGl2ZQ==",
      objects: {
        answers: () => answer({}),
        find: (name) => answer(this.objects.get(name) ?? []),
        delete: (_version, _kind, { id }) => {
          this.deleted.push(id);
          return answer({});
        },
      },
    };
  }

  async #make(): Promise<void> {
    const { resources } = stackPlanOf("prod", this.made);
    const marks = new Marks(resources);
    for (const [
      at,
      { type, name, custom, inputs, ignoreChanges },
    ] of this.made.resources.entries()) {
      if (!custom) continue;
      const news = marks.in(reveal(inputs)) as Properties;
      if (type.startsWith("kubernetes:")) this.#makeObject(name, news);
      else if (type === "pulumi:providers:digitalocean")
        this.#useKey(String(news["spacesAccessId"]));
      else if (!type.startsWith("pulumi:")) {
        const { ref, id, outputs } = await this.cloud.make(type, name, news);
        this.atClouds.push({ name, ref, inputs: news, ignoreChanges });
        this.ids.set(name, id);
        marks.set(resources[at]!.idMark, id);
        marks.set(resources[at]!.nameMark, String(outputs["name"]));
        marks.set(resources[at]!.uuidMark, String(outputs["uuid"]));
      }
    }
  }

  /** The program's second provider; here one provider has both roles. */
  #useKey(spacesAccessId: string): void {
    const key = this.cloud.world.get(SPACES_KEY, spacesAccessId);
    const spacesSecretKey = key?.properties["secretKey"];
    this.cloud.configure("digitalocean", { spacesAccessId, spacesSecretKey });
  }

  #makeObject(resource: string, inputs: Properties): void {
    const metadata = inputs["metadata"] as Readonly<Record<string, string>>;
    const name = metadata["name"] ?? madeName(resource);
    const id = metadata["namespace"] === undefined ? name : `${metadata["namespace"]}/${name}`;
    const object = { ...inputs, ...inBase64(inputs), metadata: { ...metadata, name } };
    const fieldManager = "pulumi-kubernetes-1a2b3c4d";
    this.objects.set(resource, [{ id, importId: id, name, fieldManager, object }]);
  }
}

/** Data of a Secret in the API's form. */
function inBase64({ stringData }: Properties): Properties {
  if (stringData === undefined) return {};
  const data = Object.entries(stringData as Readonly<Record<string, string>>).map(
    ([key, value]) => [key, Buffer.from(value).toString("base64")] as const,
  );
  return { data: Object.fromEntries(data) };
}
