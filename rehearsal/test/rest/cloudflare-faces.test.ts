import { afterEach, describe, expect, it } from "vitest";
import { cloudflareRows } from "../../clouds/cloudflare/rows.ts";
import { openRest, type RestFaces } from "../../clouds/rest/open.ts";
import type { Properties } from "../../providers/provider.ts";
import { reveal } from "../../../plan/values.ts";
import { ACCOUNT, Cloud, refOf, ZONE } from "../clouds/cloud.ts";
import * as standard from "../clouds/standard.ts";
import { lineOf, lines, type Call, type Line } from "./cloudflare-lines.ts";

/** A world with both APIs. */
class Both {
  readonly cloud = new Cloud();
  faces: RestFaces | undefined;

  static async open(): Promise<Both> {
    const both = new Both();
    both.cloud.world.zones.set(ZONE, { name: "social.example", accountId: ACCOUNT });
    both.faces = await openRest(both.cloud.world);
    return both;
  }

  async ask(
    { method, path, body }: Partial<Call> & Pick<Call, "path">,
    id = "",
  ): Promise<Properties> {
    const isForm = body instanceof FormData;
    const response = await fetch(`${this.faces?.cloudflareUrl}${path(id)}`, {
      method: method ?? "GET",
      headers: {
        authorization: `Bearer ${"t".repeat(40)}`,
        "cf-r2-storage-class": "InfrequentAccess",
        ...(isForm ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { success: boolean; result: Properties };
    expect(answer).toMatchObject({ success: true });
    return answer.result;
  }

  /** Dependencies of a line's object, and the inputs that name them. */
  async prepare({ type, needs = [], inputs }: Line): Promise<{ id: string; inputs: Properties }> {
    let id = "";
    for (const needed of needs)
      ({ id } = await this.cloud.make(needed, "before", lineOf(needed).inputs));
    return { id, inputs: type === standard.TUNNEL_CONFIG ? { ...inputs, tunnelId: id } : inputs };
  }

  /** Id in the state of the newest object of a type. */
  idOf(type: string): string {
    return this.cloud.world.find(type).at(-1)?.id ?? "";
  }

  /** State after a refresh of the provider, for a resource with these inputs. */
  async refreshed(type: string, inputs: Properties) {
    const ref = refOf(type, "it");
    const checked = await this.cloud.check(type, "it", inputs);
    const made = { ref, id: this.idOf(type), inputs: checked, outputs: checked };
    const found = await this.cloud.read(made);
    if (found === undefined) throw new Error(`The provider does not find the ${type}.`);
    return { ...made, outputs: found.outputs, inputs: found.inputs };
  }
}

/**
 * After a creation over the API, the provider imports the object, and the program has no change.
 */
async function expectImported(both: Both, line: Line, inputs: Properties): Promise<void> {
  const { type, imported } = line;
  const id = both.idOf(type);
  const made = { ref: refOf(type, "it"), id: imported?.(id) ?? id, inputs: {}, outputs: {} };
  const provider = await both.cloud.provider(type);
  const reading = provider.read(made.ref, made.id, { inputs: undefined, outputs: {} });
  if (imported === undefined) {
    await expect(reading).rejects.toThrow("Resource Import Not Implemented");
    return;
  }
  const found = await reading;
  if (found === undefined) throw new Error(`The provider imports no ${type} by ${made.id}.`);
  expect(found.id).toBe(id);
  const state = { ...made, id, inputs: found.inputs, outputs: found.outputs };
  expect((await both.cloud.diff(state, inputs)).detailed).toEqual({});
}

/** Removes values that differ between worlds: ids, times and the tunnel's. */
function steady(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(reveal(value), (key, inner: unknown) =>
      /^(?:id|tunnel_?id|value$|ref|version)$/iu.test(key) &&
      typeof inner === "string" &&
      inner.length > 20
        ? undefined
        : typeof inner === "string" && /^2\d{3}-\d\d-\d\dT/u.test(inner)
          ? "a time"
          : inner,
    ),
  ) as unknown;
}

describe("the provider's face and the API's are of one world", () => {
  const open: Both[] = [];
  const both = async (): Promise<Both> => {
    const made = await Both.open();
    open.push(made);
    return made;
  };
  afterEach(async () => {
    for (const each of open.splice(0)) await each.faces?.close();
  });

  it("every type of the stack has a line", () => {
    expect(lines.map(({ type }) => type).sort()).toEqual(
      cloudflareRows.resources.map(({ type }) => type).sort(),
    );
  });

  it.each(lines.map((line) => [line.type.split(":").at(-1), line] as const))(
    "%s",
    async (_name, line) => {
      const { type, at } = line;
      const [ours, theirs] = [await both(), await both()];
      const inOurs = await ours.prepare(line);
      const inTheirs = await theirs.prepare(line);

      // An object of the provider equals one of the API, and the provider finds it.
      const made = await ours.cloud.make(type, "it", inOurs.inputs);
      await theirs.ask(line.make, inTheirs.id);
      const id = (each: Both): string => each.idOf(type);
      const seen = async (each: Both) => steady(await each.ask({ path: at }, id(each)));
      expect(await seen(theirs)).toEqual(await seen(ours));
      const found = await theirs.refreshed(type, inTheirs.inputs);
      expect((await theirs.cloud.diff(found, inTheirs.inputs)).detailed).toEqual({});
      await expectImported(theirs, line, inTheirs.inputs);
      expect(steady(found.outputs)).toEqual(steady(made.outputs));

      // The same for a change. A change over the API is a change for the program.
      const news = (each: { inputs: Properties }) => ({ ...each.inputs, ...line.changed });
      const changed = await ours.cloud.update(made, news(inOurs));
      await theirs.ask(line.change, id(theirs));
      expect(await seen(theirs)).toEqual(await seen(ours));
      const later = await theirs.refreshed(type, news(inTheirs));
      expect(steady(later.outputs)).toEqual(steady(changed));
      expect((await theirs.cloud.diff(later, news(inTheirs))).detailed).toEqual({});
      expect((await theirs.cloud.diff(later, inTheirs.inputs)).changes).toBe(true);
    },
  );
});
