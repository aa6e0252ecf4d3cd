import { describe, expect, test } from "vitest";
import { changeFaults, changeWarnings } from "../../domain/changes.ts";
import { decidedBy } from "../../domain/decided.ts";
import { withDefaults } from "../../config/defaults.ts";
import { parseConfig } from "../../input/parse.ts";
import { publicNamesOf } from "../../domain/public-names.ts";
import { StackConfigSchema, type StackConfig } from "../../config/schema.ts";
import { nodeOf, type SchemaNode } from "../../config/describe.ts";
import { BASE, refusalOf, withValue } from "./base.ts";

/**
 * A server with a URL of every kind: on two hosts, with www., former media hosts, a second bucket,
 * and pictures from a disk.
 */
const RAW: Readonly<Record<string, unknown>> = {
  ...BASE,
  domain: "example.org",
  webDomain: "social.example.org",
  cloudflare: { ...BASE.cloudflare, www: true },
  hosts: { streaming: "streaming.example.org", assets: "assets.example.org" },
  media: {
    host: "media.example.org",
    otherHosts: ["files.example.org"],
    standby: { storage: "spaces", hosts: ["pictures.example.org"] },
    fromLocalDisk: true,
  },
};

/** URLs that others have stored, with the key of the configuration that serves them. */
function handedOut(config: StackConfig): readonly string[] {
  const { domain, webDomain, media } = config;
  return [
    // The URL of an account works as well as its name and host.
    `${webDomain}/users/alice of ${domain}`,
    ...publicNamesOf(config).map(({ host, role }) => `${host}: ${role === "apex" ? "web" : role}`),
    ...(media.fromLocalDisk ? [`${webDomain}/system/media_attachments/`] : []),
  ];
}

/** Every key, with values of its kind, other kinds, and none. */
function mutationsOf(
  node: SchemaNode,
  path: readonly string[] = [],
): readonly (readonly [path: string, value: unknown])[] {
  const { type, properties = {}, examples = [], items } = node;
  const values = [
    undefined,
    ...examples,
    ...(node.enum ?? []),
    ...(node.default === undefined ? [] : [node.default]),
    ...(type === "boolean" ? [true, false] : []),
    ...(type === "array" ? [[]] : []),
    ...(type === "string" ? ["other.example.org"] : []),
    ...(items?.type === "string" ? [["other.example.org"]] : []),
  ];
  return [
    ...(path.length === 0 ? [] : values.map((value) => [path.join("."), value] as const)),
    ...Object.entries(properties).flatMap(([key, inner]) => mutationsOf(inner, [...path, key])),
  ];
}

test("whatever key is changed, each address that was handed out still answers, or the change is refused, or said", () => {
  const before = parseConfig(RAW);
  const running = decidedBy(before);
  const seen = { refused: 0, said: 0, answered: 0 };
  for (const [path, value] of mutationsOf(nodeOf(StackConfigSchema))) {
    const raw = withValue(RAW, path, value);
    // The schema first, because its check is faster than a full message.
    if (!StackConfigSchema.safeParse(withDefaults(raw)).success) continue;
    if (refusalOf(raw) !== "accepted") continue;
    const after = parseConfig(raw);
    const gone = handedOut(before).filter((address) => !handedOut(after).includes(address));
    const refused = changeFaults(running, after);
    const said = changeWarnings(running, after);
    if (gone.length === 0) seen.answered += 1;
    else if (refused.length > 0) seen.refused += 1;
    else {
      seen.said += 1;
      for (const address of gone) {
        const host = address.split(":")[0] ?? address;
        expect({ path, value, host, said: said.join("\n").includes(`"${host}"`) }).toEqual({
          ...{ path, value, host, said: true },
        });
      }
    }
  }
  // All three occur, otherwise the test would not check its claim.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(1);
});

describe("what the world remembers is refused to go, with a way that is accepted", () => {
  const running = decidedBy(parseConfig(RAW));
  const faults = (path: string, value: unknown): readonly string[] =>
    changeFaults(running, parseConfig(withValue(RAW, path, value)));

  test("the web domain, as the domain: other servers would refuse all that comes from another host", () => {
    expect(faults("webDomain", "example.org").join()).toContain(
      'accounts\' addresses on other servers begin with https://social.example.org/users/, and those servers would refuse what comes from anywhere else, for good. Put "social.example.org" back;',
    );
    // The domain's own refusal names no other dangerous change.
    const cloudflare = { ...BASE.cloudflare, zone: "example.org" };
    const said = changeFaults(
      running,
      parseConfig({ ...RAW, domain: "social.example.org", cloudflare }),
    );
    expect(said.join()).toContain(
      'Put "example.org" back; a server of another name is another stack',
    );
  });

  test("each host of media, unless it is said that its addresses are given up", () => {
    expect(faults("media.otherHosts", [])).toEqual([
      'mastodon:media no longer names "files.example.org", and other servers have addresses of pictures there, for years. Add "files.example.org" to mastodon:media.otherHosts, or to media.standby.hosts where the former bucket answers; if they may all break, to mastodon:media.retiredHosts',
    ]);
    expect(faults("media.host", "new.example.org")).toHaveLength(1);
    const cured = withValue(withValue(RAW, "media.host", "new.example.org"), "media.otherHosts", [
      "files.example.org",
      "media.example.org",
    ]);
    expect(changeFaults(running, parseConfig(cured))).toEqual([]);
    const retired = withValue(withValue(RAW, "media.otherHosts", []), "media.retiredHosts", [
      "files.example.org",
    ]);
    expect(changeFaults(running, parseConfig(retired))).toEqual([]);
  });

  test("pictures that once lay on the disk", () => {
    expect(faults("media.fromLocalDisk", false)).toHaveLength(1);
    expect(refusalOf(withValue(BASE, "media", { storage: "none", fromLocalDisk: true }))).toContain(
      'Set mastodon:media.storage to "r2"',
    );
  });

  test("and of a stack that an older program left, which remembers none of it, nothing is refused", () => {
    const { webDomain, mediaHosts, mediaFromLocalDisk, publicHosts, ...older } = running;
    expect([webDomain, mediaHosts.length, mediaFromLocalDisk, publicHosts.length]).toEqual([
      "social.example.org",
      3,
      true,
      8,
    ]);
    const other = withValue(RAW, "media.otherHosts", []);
    expect(changeFaults(older, parseConfig(other))).toEqual([]);
    expect(changeWarnings(older, parseConfig(other))).toEqual([]);
  });
});
