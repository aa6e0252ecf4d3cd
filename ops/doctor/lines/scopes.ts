import { ONCE, read, type Json } from "../../recover/clouds.ts";
import { reasonOf, type Answer } from "../../recover/presence.ts";
import { CLUSTER, DATABASE } from "../../recover/types.ts";
import { storesOf } from "../stores.ts";
import { fix, ok, unknown, type Line } from "../line.ts";
import type { Scene } from "../scene.ts";
import { TOKENS_PAGE } from "./account.ts";

/** DigitalOcean's scopes, each by one request that needs it and no other. */

/**
 * The request of each scope (`security` of the call in digitalocean/openapi 7c1300c4).
 * `test/ops/doctor/tables.test.ts` holds them to the tokens' table of docs/operate.md.
 */
export const SCOPE_REQUESTS: Readonly<Record<string, (v2: Json) => Json>> = {
  vpc: (v2) => v2.vpcs,
  tag: (v2) => v2.tags,
  kubernetes: (v2) => v2.kubernetes.clusters,
  database: (v2) => v2.databases,
  regions: (v2) => v2.regions,
  project: (v2) => v2.projects,
  uptime: (v2) => v2.uptime.checks,
  monitoring: (v2) => v2.monitoring.alerts,
  spaces_key: (v2) => v2.spaces.keys,
};

/** Seconds for which the credential of the check is valid: each request makes a new one. */
const CREDENTIAL_SECONDS = 60;

interface Scopes {
  readonly answers: readonly { readonly scope: string; readonly answer: Answer<unknown> }[];
  /** Scopes that need a cluster or a database to be asked, and there is none. */
  readonly later: readonly string[];
}

export const scopes: Line<Scopes> = {
  number: 5,
  name: "scopes",
  checks: "DigitalOcean's scopes, by a request each; the cluster's by a credential of 60 s",
  async ask(scene) {
    const v2 = await scene.digitalocean();
    const { spaces } = storesOf(await scene.config());
    const wanted = Object.entries(SCOPE_REQUESTS).filter(
      ([scope]) => scope !== "spaces_key" || spaces,
    );
    const reads = wanted.map(async ([scope, request]) => ({
      scope: `${scope}:read`,
      answer: await scene.asked<unknown>(() => read(request(v2))),
    }));
    const inside = await insideOf(scene, v2);
    return {
      answers: await Promise.all([...reads, ...inside.asked]),
      later: inside.later,
    };
  },
  judge({ answers, later }) {
    const missing = answers
      .filter(({ answer }) => answer.kind === "refused" && answer.status === 403)
      .map(({ scope }) => scope);
    if (missing.length > 0)
      return fix(
        `The token lacks ${missing.join(", ")}. DigitalOcean's own message would name none of them.`,
        TOKENS_PAGE,
      );
    for (const { scope, answer } of answers)
      if (answer.kind !== "value") return unknown(`${scope}: ${reasonOf(answer)}`);
    const rest =
      later.length === 0 ? "" : `; ${later.join(" and ")} can be asked after the first up`;
    return ok(`${answers.length} scopes; a right to write can't be asked${rest}`);
  },
};

/** The two scopes that only an existing cluster or database shows. */
async function insideOf(scene: Scene, v2: Json) {
  // Without a state both come later; its own line says why there is none.
  const state = await scene.state().catch(() => undefined);
  const idOf = (type: string): string | undefined =>
    state?.deployment.resources?.find((each) => each.type === type && each.id !== undefined)?.id;
  const [cluster, database] = [idOf(CLUSTER), idOf(DATABASE)];
  const asked: Promise<{ readonly scope: string; readonly answer: Answer<unknown> }>[] = [];
  const access = "kubernetes:access_cluster";
  if (cluster !== undefined)
    asked.push(
      answered(access, scene, () =>
        v2.kubernetes.clusters.byCluster_id(cluster).credentials.get({
          queryParameters: { expirySeconds: CREDENTIAL_SECONDS },
          options: [ONCE],
        }),
      ),
    );
  const view = "database:view_credentials";
  if (database !== undefined)
    asked.push(
      answered(view, scene, async () => {
        const answer = await read(v2.databases.byDatabase_cluster_uuid(database));
        // Without the scope the password is empty (docs/operate.md, "Tokens").
        if (!answer.database?.connection?.password) throw new Refused();
      }),
    );
  const later = [
    ...(cluster === undefined ? [access] : []),
    ...(database === undefined ? [view] : []),
  ];
  return { asked, later };
}

async function answered(scope: string, scene: Scene, question: () => Promise<unknown>) {
  return { scope, answer: await scene.asked(question) };
}

/** Stands for a 403 where DigitalOcean answers an empty field. */
class Refused extends Error {
  readonly status = 403;
}
