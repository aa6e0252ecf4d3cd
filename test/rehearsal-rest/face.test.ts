import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digitaloceanOperations } from "../../rehearsal/clouds/rest/digitalocean/face.ts";
import { openRest, type RestFaces } from "../../rehearsal/clouds/rest/open.ts";
import { route, type Method } from "../../rehearsal/clouds/rest/router.ts";
import { Cloud } from "../rehearsal-clouds/cloud.ts";
import { OPERATOR_CALLS, SEEN_CALLS, UPDATE_CALLS } from "./digitalocean-calls.ts";
import { walkDigitalocean, type Json } from "./walk.ts";

describe("DigitalOcean's face", () => {
  let cloud: Cloud;
  let rest: RestFaces;
  const ask = async (method: Method, path: string, body?: Json): Promise<Json> => {
    const response = await fetch(`${rest.digitaloceanUrl}${path}`, {
      method,
      headers: { authorization: "Bearer any" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    return isJson ? JSON.parse(text) : text;
  };

  beforeEach(async () => {
    cloud = new Cloud();
    rest = await openRest(cloud.world);
  });
  afterEach(async () => {
    await rest.close();
  });

  it("answers every operation of its table, and leaves nothing behind", async () => {
    await walkDigitalocean(ask);
    const asked = new Set(rest.asked().map(({ method, path }) => `${method} ${path}`));
    const all = digitaloceanOperations.map(({ method, path }) => `${method} ${path}`);
    expect(all.filter((operation) => !asked.has(operation))).toEqual([]);
    expect(rest.digitalocean.notModelled).toEqual([]);
    expect(cloud.world.inventory()).toEqual([]);
  });

  it.each([...SEEN_CALLS, ...UPDATE_CALLS, ...OPERATOR_CALLS])("has %s", (call) => {
    const [method = "", address = ""] = call.split(" ");
    const [path = ""] = address.split("?");
    expect(route(digitaloceanOperations, method, path)).toBeDefined();
  });
});
