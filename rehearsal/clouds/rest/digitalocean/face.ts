import { randomUUID } from "node:crypto";
import { Refusal } from "../../refusal.ts";
import type { CloudFace, Operation, RestAnswer } from "../router.ts";
import { accountOperations } from "./account.ts";
import { databaseFactOperations } from "./database-facts.ts";
import { firewallOperations } from "./database-firewalls.ts";
import { memberOperations } from "./database-members.ts";
import { replicaOperations } from "./database-replicas.ts";
import { databaseOperations } from "./databases.ts";
import { kubernetesOperations } from "./kubernetes.ts";
import { monitoringOperations } from "./monitoring.ts";
import { nodePoolOperations } from "./node-pools.ts";
import { projectOperations } from "./projects.ts";
import { spacesKeyOperations } from "./spaces-keys.ts";
import { tagOperations } from "./tags.ts";
import { uptimeOperations } from "./uptime.ts";
import { vpcOperations } from "./vpcs.ts";

/** Every operation of DigitalOcean's API that the rehearsal implements. */
export const digitaloceanOperations: readonly Operation[] = [
  ...accountOperations,
  ...vpcOperations,
  ...tagOperations,
  ...databaseOperations,
  ...databaseFactOperations,
  ...firewallOperations,
  ...memberOperations,
  ...replicaOperations,
  ...kubernetesOperations,
  ...nodePoolOperations,
  ...projectOperations,
  ...uptimeOperations,
  ...monitoringOperations,
  ...spacesKeyOperations,
];

/**
 * Id and message of an answer that no row gives (digitalocean/openapi 7c1300c4
 * `specification/shared/responses/`).
 */
const WORDS: Readonly<Record<number, readonly [id: string, message: string]>> = {
  400: ["bad_request", "The request was malformed."],
  401: ["unauthorized", "Unable to authenticate you."],
  403: ["forbidden", "You are not authorized to perform this operation"],
  404: ["not_found", "The resource you requested could not be found."],
  429: ["too_many_requests", "API rate limit exceeded."],
  501: [
    "not_implemented",
    "The rehearsal does not model this call: add it below rehearsal/clouds/rest/, and list it in face.ts.",
  ],
};

/**
 * DigitalOcean's API (digitalocean/openapi). It accepts any token, and refuses every request
 * without one.
 */
export const digitaloceanFace: CloudFace = {
  cloud: "digitalocean",
  basePath: "",
  operations: digitaloceanOperations,
  authenticate: ({ token }) => (token === undefined ? refuse(401) : undefined),
  refuse,
  refusalOf(error) {
    if (!(error instanceof Refusal)) return undefined;
    const { status, code, text } = error.answer;
    return { status, body: { id: String(code), message: text, request_id: randomUUID() } };
  },
};

function refuse(status: number, message?: string): RestAnswer {
  const [id, words] = WORDS[status] ?? ["server_error", "Unexpected server-side error"];
  return { status, body: { id, message: message ?? words, request_id: randomUUID() } };
}
