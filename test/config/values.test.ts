import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mailboxOf, writtenMailbox } from "../../config/mailbox.ts";
import { REGIONS } from "../../facts/digitalocean/regions.ts";
import { BASE, refusalOf } from "./base.ts";

describe("a name beyond ASCII", () => {
  const named = (domain: string): string => refusalOf({ ...BASE, domain, webDomain: domain });

  test("is planned in the form that names have on the wire, its top-level domain too", () => {
    for (const domain of [
      "xn--80aaxitdbjk.xn--p1ai",
      "xn--bcher-kva.social",
      "xn--69aa8bzb.xn--y9a3aq",
    ])
      expect(named(domain)).toBe("accepted");
  });

  test.each([
    ["bücher.social", "xn--bcher-kva.social"],
    ["Social.Example.ORG", "social.example.org"],
    ["https://example.org/about", "example.org"],
    ["@example.org", "example.org"],
    ["example.org.", "example.org"],
  ])(
    "or otherwise than a name is written, %s, is refused with the form that passes",
    (domain, form) => {
      expect(named(domain)).toContain(`write it as "${form}"`);
      expect(named(form)).toBe("accepted");
    },
  );

  test.each([
    "a b",
    "127.0.0.1",
    "under_score.example.org",
    `${"a".repeat(64)}.org`,
    "localhost",
    "",
  ])("and %j, of which nobody knows what was meant, with an example", (domain) => {
    expect(named(domain)).toContain('such as "example.social"');
    expect(named(domain)).not.toContain("write it as");
  });
});

describe("a region", () => {
  const of = (region: string): string => refusalOf({ ...BASE, region });

  test.each(["nyc4", "blr2", "xyz9", "sfo1"])(
    "that DigitalOcean has not, %s, is refused with the list",
    (region) => {
      expect(of(region)).toContain(
        `mastodon:region is "${region}": expected one of ${REGIONS.join(", ")}`,
      );
    },
  );

  test("without Valkey is refused with its neighbours, and each of the list is accepted", () => {
    expect(of("nyc2")).toContain('one near it, such as "nyc1" or "nyc3"');
    for (const region of REGIONS) expect(of(region)).toBe("accepted");
  });
});

describe("a mail address, and the name before it", () => {
  /**
   * Parses it again by RFC 5322: the name, unquoted, and the one address; undefined if there is not
   * exactly one address.
   */
  function readBack(text: string): readonly [string, string] | undefined {
    let name = "";
    let rest = text;
    if (rest.startsWith('"')) {
      const quoted = /^"((?:[^"\\]|\\.)*)"\s*/u.exec(rest);
      if (quoted === null) return undefined;
      name = (quoted[1] ?? "").replaceAll(/\\(.)/gu, "$1");
      rest = rest.slice(quoted[0].length);
    } else {
      const phrase = /^([^()<>[\]:;@\\,."]*?)\s*(?=<|$)/u.exec(rest);
      if (phrase !== null && rest.includes("<")) {
        name = phrase[1] ?? "";
        rest = rest.slice(phrase[0].length);
      }
    }
    const address = /^<?([^\s<>(),:;"[\]\\]+@[^\s<>(),:;"[\]\\@]+)>?$/u.exec(rest)?.[1];
    return address === undefined ? undefined : [name, address];
  }

  test("is read back as it was meant, whatever stands in the name", () => {
    const names = fc
      .string({ unit: fc.constantFrom(...'ab é,:;()[]<>@."\\-'), minLength: 1, maxLength: 12 })
      .map((name) => name.trim().replaceAll(/\s+/gu, " "))
      .filter((name) => name !== "" && !name.startsWith('"'));
    fc.assert(
      fc.property(names, (name) => {
        const written = `${name} <hello@example.org>`;
        if (mailboxOf(written) === undefined) return;
        expect(readBack(writtenMailbox(written))).toEqual([name, "hello@example.org"]);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["Example, Inc. <hello@example.org>", '"Example, Inc." <hello@example.org>'],
    ["Example: social <hello@example.org>", '"Example: social" <hello@example.org>'],
    ["Example [social] <hello@example.org>", '"Example [social]" <hello@example.org>'],
    ["Example Social <hello@example.org>", "Example Social <hello@example.org>"],
    ["Büro Süd <hello@example.org>", "Büro Süd <hello@example.org>"],
    ['"Plain words" <hello@example.org>', '"Plain words" <hello@example.org>'],
    ['"Example, Inc." <hello@example.org>', '"Example, Inc." <hello@example.org>'],
    ["hello@example.org", "hello@example.org"],
    ["<hello@example.org>", "hello@example.org"],
  ])("%s goes to Mastodon as %s", (text, written) => {
    expect(writtenMailbox(text)).toBe(written);
    // A value that already has that form stays unchanged.
    expect(writtenMailbox(written)).toBe(written);
  });

  test.each([
    "Example Social",
    "a@example.org, b@example.org",
    "Me <a@example.org> <b@",
    "a@localhost",
  ])("%s is none, and refused", (from) => {
    expect(refusalOf({ ...BASE, mail: { server: "smtp.example.net", from } })).toContain(
      "expected an address, alone or after a name",
    );
  });
});
