import { createHash, randomBytes } from "node:crypto";
import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { CLOUDFLARE_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { IDENTIFIER, now, refusal } from "./api.ts";

/**
 * Workers: a script of the account, and the routes on which it answers
 * (cloudflare/terraform-provider-cloudflare v5.22.0 `internal/services/workers_*`).
 */

export const WORKERS_SCRIPT = "cloudflare:index/workersScript:WorkersScript";
export const WORKERS_ROUTE = "cloudflare:index/workersRoute:WorkersRoute";

const FILE = "rehearsal/clouds/cloudflare/workers.ts";
const SECONDS = { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL };
const given: PropertyRow = { kind: "string", output: true };

/**
 * The script: an upload of one module with its bindings. It replaces any script of the same name
 * (developers.cloudflare.com/api/resources/workers/subresources/scripts/methods/update).
 */
export const workersScript: ResourceRow = {
  type: WORKERS_SCRIPT,
  file: FILE,
  asOf: CLOUDFLARE_SOURCE,
  importId: "{accountId}/{scriptName}",
  properties: {
    accountId: IDENTIFIER,
    scriptName: { kind: "string", required: true, replaces: true },
    content: { kind: "string" },
    mainModule: { kind: "string" },
    compatibilityDate: {
      kind: "string",
      computed: true,
      refuse: (value) =>
        /^\d{4}-\d\d-\d\d$/.test(String(value)) ? undefined : `${String(value)} is no date`,
    },
    bindings: {
      kind: "list",
      computed: true,
      item: {
        kind: "object",
        fields: {
          name: { kind: "string", required: true },
          // From some thirty kinds those that contain a text (`schema.go`, `bindings.type`).
          type: { kind: "string", required: true, allowed: ["plain_text", "secret_text"] },
          text: { kind: "string" },
        },
      },
    },
    createdOn: given,
    etag: given,
    hasAssets: { kind: "boolean", output: true },
    hasModules: { kind: "boolean", output: true },
    modifiedOn: given,
    startupTimeMs: { kind: "integer", output: true },
  },
  seconds: SECONDS,
  stableOutputs: ["createdOn"],
  async create(inputs) {
    refuseScript(inputs);
    return {
      id: read.text(inputs, "scriptName"),
      given: { createdOn: now(), ...uploaded(inputs) },
    };
  },
  async update(object, inputs) {
    refuseScript(inputs);
    return { createdOn: object.properties["createdOn"], ...uploaded(inputs) };
  },
  async delete() {},
};

function uploaded(inputs: Properties): Properties {
  const content = read.text(inputs, "content");
  return {
    etag: createHash("sha256").update(content).digest("hex"),
    hasAssets: false,
    hasModules: inputs["mainModule"] !== undefined,
    modifiedOn: now(),
    startupTimeMs: 1,
  };
}

/** The message is invented, because the API's is not published. */
function refuseScript(inputs: Properties): void {
  const name = read.text(inputs, "scriptName");
  const path = `/accounts/${read.text(inputs, "accountId")}/workers/scripts/${name}`;
  if (!/^[a-z0-9_][a-z0-9_-]{0,62}$/.test(name))
    throw refusal("PUT", path, 400, 10_016, `"${name}" is no name for a Worker`);
  if (!/^export default /mu.test(read.text(inputs, "content")))
    throw refusal("PUT", path, 400, 10_021, "Uncaught SyntaxError: the module exports no handler");
}

/**
 * A route: a script for the URLs of a zone that match a pattern (cloudflare/cloudflare-docs
 * `src/content/docs/workers/configuration/routing/routes.mdx`).
 */
export const workersRoute: ResourceRow = {
  type: WORKERS_ROUTE,
  file: FILE,
  asOf: CLOUDFLARE_SOURCE,
  importId: "{zoneId}/{id}",
  properties: {
    zoneId: IDENTIFIER,
    pattern: {
      kind: "string",
      required: true,
      // "Route patterns may not contain infix wildcards or query parameters."
      refuse: (value) =>
        /^[^*?]+\*?$/.test(String(value))
          ? undefined
          : `${String(value)} has a wildcard elsewhere than at its end, or a query`,
    },
    script: { kind: "string" },
  },
  seconds: SECONDS,
  stableOutputs: [],
  async create(inputs, { world }) {
    const zone = read.text(inputs, "zoneId");
    const same = world.find(
      WORKERS_ROUTE,
      (other) => other["zoneId"] === zone && other["pattern"] === inputs["pattern"],
    );
    // cloudflare/workers-sdk#1147 has number and words.
    if (same.length > 0)
      throw refusal(
        "POST",
        `/zones/${zone}/workers/routes`,
        409,
        10_020,
        "A route with the same pattern already exists",
      );
    refuseScriptless(world, inputs, "POST");
    return { id: randomBytes(16).toString("hex"), given: {} };
  },
  async update(_object, inputs, { world }) {
    refuseScriptless(world, inputs, "PUT");
    return {};
  },
  async delete() {},
};

/** alchemy-run/distilled#368 has number and words, 2026-07; the status is assumed. */
function refuseScriptless(world: World, inputs: Properties, method: "POST" | "PUT"): void {
  const script = read.optionalText(inputs, "script");
  if (script === undefined || world.get(WORKERS_SCRIPT, script) !== undefined) return;
  throw refusal(
    method,
    `/zones/${read.text(inputs, "zoneId")}/workers/routes`,
    400,
    10_019,
    "Cannot configure a route for a Worker which does not exist. Please ensure this Worker exists and try again.",
  );
}
