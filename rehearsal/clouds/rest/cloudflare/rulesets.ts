import type { Properties } from "../../../providers/provider.ts";
import { RULESET } from "../../cloudflare/rule-refusals.ts";
import { ruleset } from "../../cloudflare/rulesets.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import { cursorPage, found, inPath, make, named, ok, put, replace } from "./answers.ts";
import { bodyOf, propertiesFrom, type Spelling } from "./spelling.ts";

const RULESETS = "/zones/{zone_id}/rulesets";
const ONE = `${RULESETS}/{ruleset_id}`;
const ENTRYPOINT = `${RULESETS}/phases/{ruleset_phase}/entrypoint`;
const SPELLING: Spelling = {
  words: "snake_case",
  odd: { statusCodeTtls: "status_code_ttl" },
  without: ["zoneId"],
};

/** Rulesets of a zone (npm `cloudflare` 7.3.0 `resources/rulesets`). */
export const rulesetOperations: readonly Operation[] = [
  {
    method: "GET",
    path: RULESETS,
    answer(request, world) {
      const zoneId = inPath(request, "zone_id");
      const sets = world.find(RULESET, (each) => each["zoneId"] === zoneId);
      // A list contains each ruleset without its rules.
      const { page, info } = cursorPage(request, sets, 20);
      return ok(
        page.map((each) => {
          const { rules: _, ...body } = shown(each);
          return body;
        }),
        info,
      );
    },
  },
  {
    method: "POST",
    path: RULESETS,
    async answer(request, world) {
      return ok(shown(await make(ruleset, wanted(request), request, world)));
    },
  },
  {
    method: "GET",
    path: ONE,
    answer: (request, world) => ok(shown(rulesetOf(request, world))),
  },
  {
    method: "PUT",
    path: ONE,
    async answer(request, world) {
      const object = rulesetOf(request, world);
      const { kind, name, phase } = object.properties;
      const whole = { kind, name, phase, ...wanted(request) };
      await replace(ruleset, object, whole, request, world);
      return ok(shown(object));
    },
  },
  {
    method: "DELETE",
    path: ONE,
    async answer(request, world) {
      await remove(ruleset, rulesetOf(request, world), request, world);
      return { status: 204 };
    },
  },
  {
    method: "GET",
    path: ENTRYPOINT,
    answer(request, world) {
      const phase = inPath(request, "ruleset_phase");
      // Number and message are in seven unrelated public programs, one with the date 2026-09-08.
      const words = `could not find entrypoint ruleset in the "${phase}" phase`;
      return ok(shown(found(request, entrypointOf(request, world), 10_003, words)));
    },
  },
  {
    method: "PUT",
    path: ENTRYPOINT,
    async answer(request, world) {
      const phase = inPath(request, "ruleset_phase");
      const before = entrypointOf(request, world);
      const { kind = "zone", name = "default" } = before?.properties ?? {};
      const whole = { kind, name, ...wanted(request), phase };
      return ok(shown(await put(ruleset, before, whole, request, world)));
    },
  },
];

function wanted(request: RestRequest): Properties {
  return {
    ...propertiesFrom(ruleset.properties, request.body, SPELLING),
    zoneId: inPath(request, "zone_id"),
  };
}

function rulesetOf(request: RestRequest, world: World): CloudObject {
  const object = named(request, world, RULESET, "ruleset_id", "zoneId");
  // The number: alchemy-run/distilled `rulesets.json`, 2026-08; the message is invented.
  return found(request, object, 10_001, "could not find ruleset");
}

function entrypointOf(request: RestRequest, world: World): CloudObject | undefined {
  const [zoneId, phase] = [inPath(request, "zone_id"), inPath(request, "ruleset_phase")];
  return world.find(RULESET, (each) => each["zoneId"] === zoneId && each["phase"] === phase)[0];
}

function shown({ id, properties }: CloudObject): Properties {
  const body = bodyOf(ruleset.properties, properties, SPELLING);
  const { last_updated, version } = body;
  // Assumed: a rule without parameters is returned without them.
  const rules = read.list(body, "rules").map((rule) => {
    const { action_parameters = {}, ...rest } = rule;
    const isEmpty = Object.keys(action_parameters as object).length === 0;
    return { ...rest, ...(isEmpty ? {} : { action_parameters }), last_updated, version };
  });
  return { id, ...body, rules };
}
