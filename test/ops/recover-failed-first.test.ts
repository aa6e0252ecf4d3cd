import { afterAll, expect, it } from "vitest";
import { nameOf, type StackExport } from "../../ops/recover/state.ts";
import { STACK } from "../../ops/recover/types.ts";
import { ServerWithoutState } from "./adopt-world.ts";
import { recoverUnwritten } from "./recover-world.ts";

/** A first update that failed, and a cloud that does not say what it has of it. */

const server = await ServerWithoutState.open();
await server.adopt();
const { resources: whole = [] } = server.written!.deployment;
afterAll(async () => {
  await server.close();
});

async function recoverWithout(name: string) {
  const resources = whole
    .filter((each) => nameOf(each) !== name)
    .map((each) => (each.type === STACK ? { ...each, outputs: {} } : each));
  const state: StackExport = { version: 3, deployment: { resources } };
  return await recoverUnwritten(server.rest, state, server.commandsWorld());
}

it.each([401, 503] as const)(
  "%i of the tunnel's cloud is named: the next update may be refused",
  async (status) => {
    const off = server.rest.cloudflare.faults.add({ does: { kind: "answer", status } });
    const { well, said } = await recoverWithout("tunnel-tunnel");
    off();
    expect(well).toBe(false);
    expect(said).toMatch(new RegExp(`unknown +tunnel-tunnel .*${status}`, "u"));
    expect(said).toContain("Fix the reason of each unknown one, or wait, and run this again.");
    expect(said).not.toContain("is pending; nothing was changed");
  },
);

it("two that fit are shown, and nobody chooses for the operator", async () => {
  const { ref, inputs } = server.atClouds.find(({ name }) => name === "uptime-web")!;
  await server.cloud.make(ref.type, "another", inputs);
  const { well, said } = await recoverWithout("uptime-web");
  expect(well).toBe(false);
  expect(said).toMatch(/ask +uptime-web \(UptimeCheck\): 2 fit/u);
});
