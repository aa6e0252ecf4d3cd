import { afterAll, describe, expect, it } from "vitest";
import { FINDERS } from "../../ops/recover/finders.ts";
import { nameOf, type StackExport, type StateResource } from "../../ops/recover/state.ts";
import { STACK } from "../../ops/recover/types.ts";
import { PLAN, ServerWithoutState } from "./adopt-world.ts";
import { recoverOver } from "./recover-world.ts";

/**
 * A refresh removed a resource because its cloud did not show it: `npm run recover` adopts it
 * again.
 */

const server = await ServerWithoutState.open();
await server.adopt();
/** The whole state after a refresh, with each cloud's own ids. */
const whole: StackExport = {
  ...server.written!,
  deployment: {
    resources: server.written!.deployment.resources!.map((each) => ({
      ...each,
      ...(server.ids.has(nameOf(each)) && { id: server.ids.get(nameOf(each))! }),
    })),
  },
};
afterAll(async () => {
  await server.close();
});

/** Runs the command with the state without these types, in a deploy or at a terminal. */
async function recover(
  isForgotten: (type: string) => boolean,
  { program, stack }: { readonly program: boolean; readonly stack?: StateResource },
) {
  let state: StackExport = {
    ...whole,
    deployment: {
      ...whole.deployment,
      resources: whole.deployment
        .resources!.filter(({ type }) => !isForgotten(type))
        .map((each) => (each.type === STACK && stack !== undefined ? stack : each)),
    },
  };
  let said = "";
  const before = state;
  const well = await recoverOver(server.rest, ["--yes"], {
    state: () => state,
    write: (after) => (state = after),
    say: (text) => (said += `${text}\n`),
    ...(program && {
      program: {
        plan: () => Promise.resolve(PLAN),
        cluster: () => Promise.reject(new Error("no cluster is asked")),
      },
    }),
  });
  const { resources = [] } = state.deployment;
  return { well, said, written: state !== before, resources };
}

const CLOUD_TYPES = [...new Set(PLAN.resources.map(({ type }) => type))].filter((type) => {
  const finder = FINDERS[type];
  return finder?.kind === "find" && finder.toldOnce === undefined && !type.endsWith(":TieredCache");
});

it("the list of types is not empty", () => {
  expect(CLOUD_TYPES.length).toBeGreaterThan(15);
});

describe.each(CLOUD_TYPES)("%s", (type) => {
  it("is in the state again, each under its id, and nothing is there twice", async () => {
    const { well, said, resources } = await recover((each) => each === type, { program: true });
    expect(well, said).toBe(true);
    for (const { name } of PLAN.resources.filter((each) => each.type === type)) {
      const { id = "none" } = resources.find((each) => nameOf(each) === name) ?? {};
      // Some import ids have more than the object's id; a firewall's has less.
      const [last = ""] = id.split(/[,/]/u).slice(type.endsWith("R2Bucket") ? -2 : -1);
      expect(server.ids.get(name), name).toContain(last);
    }
    expect(server.cloud.world.find(type)).toHaveLength(
      PLAN.resources.filter((each) => each.type === type).length,
    );
  });
});

it("in a deploy, which can make no plan, nothing is looked for", async () => {
  const isRecord = (type: string): boolean => type.endsWith(":DnsRecord");
  expect(await recover(isRecord, { program: false })).toMatchObject({ well: true, written: false });
});

it("before the first update has ended it may be another stack's: it is shown with its line, and not taken", async () => {
  const isTunnel = (type: string): boolean => type.endsWith(":ZeroTrustTunnelCloudflared");
  const stack = { urn: "urn:stack::s", type: STACK };
  const { well, written, said } = await recover(isTunnel, { program: true, stack });
  expect({ well, written }).toEqual({ well: false, written: false });
  expect(said).toContain("npm run state -- adopt tunnel-tunnel\n");
});

it("a key that the failed update made is named: nobody has its secret, and the next one makes another", async () => {
  const isKey = (type: string): boolean => type.endsWith(":AccountToken");
  const stack = { urn: "urn:stack::s", type: STACK };
  const { well, said } = await recover(isKey, { program: true, stack });
  expect(well).toBe(true);
  expect(said).toMatch(
    new RegExp(`left over: ${server.ids.get("media-r2-key")}.*Delete it in Cloudflare`, "u"),
  );
});

it("what is new in the stack file may be another stack's of the same name: it is not taken", async () => {
  const stack = whole.deployment.resources!.find(({ type }) => type === STACK)!;
  const running = stack.outputs!["running"] as { readonly kept: Record<string, unknown> };
  const { "tunnel-tunnel": _, ...kept } = running.kept;
  const isTunnel = (type: string): boolean => type.endsWith(":ZeroTrustTunnelCloudflared");
  const changed = { ...stack, outputs: { running: { ...running, kept } } };
  expect(await recover(isTunnel, { program: true, stack: changed })).toMatchObject({
    well: true,
    written: false,
  });
});
