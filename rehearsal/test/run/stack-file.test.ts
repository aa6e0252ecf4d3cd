import { expect, test } from "vitest";
import { parse } from "yaml";
import { withoutSecrets } from "../../../plan/stack-file.ts";

test("a stack file with an operator's own secrets can be rehearsed: none of them, nor what tells them apart, gets in", () => {
  const operators = `# head
secretsprovider: awskms://alias/mastodon
encryptedkey: abc
encryptionsalt: v1:salt
config:
  # about the domain
  mastodon:domain: example.social
  mastodon:secretKeyBase:
    secure: v1:one
  digitalocean:token: { secure: v1:two }
  mastodon:nested: { plain: 1, hidden: { secure: v1:three } }
  mastodon:fingerprints:
    secretKeyBase: v1-0123456789abcdef01234567
`;
  const rehearsed = withoutSecrets(operators);
  expect(rehearsed).not.toContain("v1");
  expect(rehearsed).toContain("# about the domain");
  expect(parse(rehearsed)).toEqual({
    config: { "mastodon:domain": "example.social", "mastodon:nested": { plain: 1 } },
  });
});
