import type { Properties } from "../../../providers/provider.ts";
import {
  WORKERS_ROUTE,
  WORKERS_SCRIPT,
  workersRoute,
  workersScript,
} from "../../cloudflare/workers.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import { found, inPath, make, named, ok, put, replace } from "./answers.ts";
import { bodyOf, propertiesFrom, type Spelling } from "./spelling.ts";
import { uploadOf } from "./upload.ts";

const SCRIPTS = "/accounts/{account_id}/workers/scripts";
const SCRIPT = `${SCRIPTS}/{script_name}`;
const ROUTES = "/zones/{zone_id}/workers/routes";
const ROUTE = `${ROUTES}/{route_id}`;
const SPELLING: Spelling = {
  words: "snake_case",
  without: ["accountId", "scriptName", "content", "bindings", "zoneId"],
};

/** Workers: scripts, and their routes (npm `cloudflare` 7.3.0 `resources/workers`). */
export const workerOperations: readonly Operation[] = [
  {
    method: "GET",
    path: SCRIPTS,
    answer(request, world) {
      const account = inPath(request, "account_id");
      return ok(world.find(WORKERS_SCRIPT, (each) => each["accountId"] === account).map(shown));
    },
  },
  {
    method: "PUT",
    path: SCRIPT,
    async answer(request, world) {
      const name = inPath(request, "script_name");
      const { content, metadata } = await uploadOf(request);
      const { bindings = [], ...rest } = metadata;
      const wanted = {
        ...propertiesFrom(workersScript.properties, rest, SPELLING),
        accountId: inPath(request, "account_id"),
        scriptName: name,
        content,
        bindings,
      };
      const before = world.get(WORKERS_SCRIPT, name);
      return ok(shown(await put(workersScript, before, wanted, request, world)));
    },
  },
  {
    method: "GET",
    path: SCRIPT,
    answer: (request, world) => contentOf(scriptOf(request, world)),
  },
  {
    method: "DELETE",
    path: SCRIPT,
    async answer(request, world) {
      await remove(workersScript, scriptOf(request, world), request, world);
      return ok(null);
    },
  },
  // The three calls of the provider's Read (cloudflare/terraform-provider-cloudflare
  // `internal/services/workers_script/resource.go`).
  {
    method: "GET",
    path: "/accounts/{account_id}/workers/services/{script_name}",
    answer(request, world) {
      const script = scriptOf(request, world);
      return ok({
        id: script.id,
        default_environment: { environment: "production", script: shown(script) },
      });
    },
  },
  {
    method: "GET",
    path: `${SCRIPT}/settings`,
    answer(request, world) {
      const { properties } = scriptOf(request, world);
      const { compatibility_date } = bodyOf(workersScript.properties, properties, SPELLING);
      // A secret text is never returned again.
      const bindings = read
        .list(properties, "bindings")
        .map(({ text, ...rest }) => (rest["type"] === "secret_text" ? rest : { ...rest, text }));
      return ok({ bindings, compatibility_date, compatibility_flags: [], logpush: false });
    },
  },
  {
    method: "GET",
    path: `${SCRIPT}/content/v2`,
    answer: (request, world) => contentOf(scriptOf(request, world)),
  },
  {
    method: "GET",
    path: ROUTES,
    answer(request, world) {
      const zoneId = inPath(request, "zone_id");
      return ok(world.find(WORKERS_ROUTE, (each) => each["zoneId"] === zoneId).map(shownRoute));
    },
  },
  {
    method: "POST",
    path: ROUTES,
    async answer(request, world) {
      return ok(shownRoute(await make(workersRoute, wantedRoute(request), request, world)));
    },
  },
  {
    method: "GET",
    path: ROUTE,
    answer: (request, world) => ok(shownRoute(routeOf(request, world))),
  },
  {
    method: "PUT",
    path: ROUTE,
    async answer(request, world) {
      const route = routeOf(request, world);
      await replace(workersRoute, route, wantedRoute(request), request, world);
      return ok(shownRoute(route));
    },
  },
  {
    method: "DELETE",
    path: ROUTE,
    async answer(request, world) {
      const route = routeOf(request, world);
      await remove(workersRoute, route, request, world);
      return ok({ id: route.id });
    },
  },
];

function scriptOf(request: RestRequest, world: World): CloudObject {
  const script = named(request, world, WORKERS_SCRIPT, "script_name", "accountId");
  // crowdsecurity/cs-cloudflare-worker-bouncer#44, 2024-09; alchemy-run/alchemy-async#1078, 2025-10
  const words = "This Worker does not exist on your account.";
  return found(request, script, 10_007, words);
}

function shown({ id, properties }: CloudObject): Properties {
  const { main_module: _, ...body } = bodyOf(workersScript.properties, properties, SPELLING);
  return { id, handlers: ["fetch"], ...body };
}

function contentOf({ properties }: CloudObject) {
  return {
    status: 200,
    headers: { "content-type": "application/javascript" },
    body: read.text(properties, "content"),
  };
}

function wantedRoute(request: RestRequest): Properties {
  return {
    ...propertiesFrom(workersRoute.properties, request.body, SPELLING),
    zoneId: inPath(request, "zone_id"),
  };
}

function routeOf(request: RestRequest, world: World): CloudObject {
  const route = named(request, world, WORKERS_ROUTE, "route_id", "zoneId");
  // The number: alchemy-run/distilled `workers/deleteRoute.json`, 2026-03; the message is invented.
  return found(request, route, 10_009, "Route not found");
}

function shownRoute({ id, properties }: CloudObject): Properties {
  return { id, ...bodyOf(workersRoute.properties, properties, SPELLING) };
}
