import { describe, expect, test } from "vitest";
import { REGIONS } from "../../facts/digitalocean/regions.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { faultsIn } from "../messages/row.ts";
import { BASE, refusalOf, withValue } from "./base.ts";

test("production's own configuration is accepted", () => {
  expect(refusalOf(readStackFile())).toBe("accepted");
  expect(refusalOf(BASE)).toBe("accepted");
});

test("all faults are told at once, each with its key, and a rule of right keys beside wrong ones", () => {
  const raw = withValue(
    withValue(withValue(BASE, "region", "mars"), "domain", 7),
    "sidekiq.2.replicas",
    2,
  );
  expect(faultsIn(raw).map(({ code, key }) => [code, key])).toEqual([
    ["wrong-value", "domain"],
    ["wrong-value", "region"],
    ["scheduler-twice", "sidekiq.2.replicas"],
  ]);
  expect(refusalOf(raw).split("\n")[0]).toBe(
    "The stack's configuration has 3 faults; nothing was changed:",
  );
});

test("a value that is encrypted in the stack file is not shown, nor any below it", () => {
  const raw = withValue(withValue(BASE, "region", "hunter2"), "web.threads", "hunter3");
  const encrypted = new Set(["region", "web"]);
  expect(refusalOf(raw, encrypted)).toBe(
    [
      "The stack's configuration has 2 faults; nothing was changed:",
      `  mastodon:region is encrypted, so its value is not shown: expected one of ${REGIONS.join(", ")}, such as "nyc3"`,
      "  mastodon:web.threads is encrypted, so its value is not shown: expected a whole number from 1 to 32, without quotes, such as 5",
    ].join("\n"),
  );
});

test("an unknown key's value is never shown: it may be a secret whose key was mistyped", () => {
  expect(refusalOf({ ...BASE, tunelSecret: "hunter2" })).not.toContain("hunter2");
  expect(refusalOf({ ...BASE, tunelSecret: "hunter2" })).toContain(
    "Did you mean mastodon:tunnelSecret?",
  );
});

describe("a server whose accounts end in another host than the one that answers", () => {
  const split = { ...BASE, domain: "example.org", webDomain: "social.example.org" };
  const says = (changes: Readonly<Record<string, unknown>>): string =>
    refusalOf({ ...split, ...changes });

  test("is told what to call its other hosts, where the certificate does not cover the derived names", () => {
    const refusal = says({});
    for (const [key, host] of [
      ["hosts.streaming", "streaming-social.example.org"],
      ["hosts.assets", "assets-social.example.org"],
      ["media.host", "media-social.example.org"],
    ])
      expect(refusal).toMatch(
        new RegExp(`mastodon:${key}: .* Set mastodon:${key} to "${host}", or`, "u"),
      );
    const hosts = {
      streaming: "streaming-social.example.org",
      assets: "assets-social.example.org",
    };
    const media = { host: "media-social.example.org" };
    expect(says({ hosts, media })).toBe("accepted");
    const paid = { ...BASE.cloudflare, advancedCertificate: true };
    expect(says({ cloudflare: paid })).toBe("accepted");
  });

  test("must say which zone it is in, if neither host is below the other, and that its identity is elsewhere", () => {
    const apart = { domain: "example.net", webDomain: "example.social" };
    expect(refusalOf({ ...BASE, ...apart })).toBe(
      'The stack\'s configuration has a fault; nothing was changed:\n  mastodon:cloudflare.zone: missing, and it can\'t be guessed: neither of "example.net" and "example.social" is below the other. Set it to the zone that "example.social" is in',
    );
    const zone = { ...BASE.cloudflare, zone: "example.social" };
    expect(refusalOf({ ...BASE, ...apart, cloudflare: zone })).toBe(
      'The stack\'s configuration has a fault; nothing was changed:\n  mastodon:cloudflare.apex: "redirect" needs "example.net" in the zone "example.social", and it is not. Set mastodon:cloudflare.apex to "elsewhere" (and let its own web server redirect: docs/edge.md)',
    );
    const elsewhere = { ...zone, apex: "elsewhere" };
    expect(refusalOf({ ...BASE, ...apart, cloudflare: elsewhere })).toBe("accepted");
  });

  test("has no www. of somebody else's site", () => {
    const cloudflare = { ...BASE.cloudflare, advancedCertificate: true, apex: "site", www: true };
    expect(says({ cloudflare })).toContain(
      'mastodon:cloudflare.www: with mastodon:cloudflare.apex set to "site", "www.example.org" belongs to the website at "example.org". Remove it',
    );
  });
});
