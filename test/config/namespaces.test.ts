import { expect, test } from "vitest";
import { namespaceFaults } from "../../input/namespaces.ts";
import { parseConfig } from "../../input/parse.ts";
import { BASE, withValue } from "./base.ts";

const KNOWN = "Keys begin with one of mastodon, pulumi, digitalocean, kubernetes, cloudflare";
const faultsOf = (key: string, encrypted = false): readonly string[] =>
  namespaceFaults([key], () => encrypted).map(({ message }) => message);

test.each([
  ["mastadon:web", `Did you mean mastodon:web? ${KNOWN}`],
  ["Mastodon:web", `Did you mean mastodon:web? ${KNOWN}`],
  ["digitalocaen:token", `Did you mean digitalocean:token? ${KNOWN}`],
  ["aws:region", KNOWN],
])("%s, which nobody reads and which would change nothing, is refused", (key, says) => {
  const [namespace] = key.split(":");
  expect(faultsOf(key)).toEqual([
    `${key} begins with "${namespace}", and no program here reads that namespace. ${says}`,
  ]);
});

test.each([
  ["digitalocean:token", "DIGITALOCEAN_TOKEN"],
  ["digitalocean:spacesSecretKey", "SPACES_SECRET_ACCESS_KEY"],
  ["cloudflare:apiToken", "CLOUDFLARE_API_TOKEN"],
  ["cloudflare:apiKey", "CLOUDFLARE_API_KEY"],
  ["cloudflare:apiUserServiceKey", "CLOUDFLARE_API_USER_SERVICE_KEY"],
])("%s in the clear is refused, encrypted it is not", (key, variable) => {
  expect(faultsOf(key)).toEqual([
    `${key} is in the stack file unencrypted, so everyone who can read the repository has it. Remove it (pulumi config rm ${key}), revoke it at the provider, because it is known now, and set a new one in the environment as ${variable}`,
  ]);
  expect(faultsOf(key, true)).toEqual([]);
});

test.each([
  "mastodon:anything",
  "pulumi:disable-default-providers",
  "digitalocean:requestsPerSecond",
  "kubernetes:enableServerSideApply",
])("%s is somebody's own", (key) => {
  expect(faultsOf(key)).toEqual([]);
});

test("they are told together with what is wrong below our own keys", () => {
  const elsewhere = namespaceFaults(["aws:region"], () => false);
  expect(() => parseConfig(withValue(BASE, "region", "mars"), { elsewhere })).toThrow(
    /has 2 faults; nothing was changed:\n {2}aws:region begins with .*\n {2}mastodon:region is "mars"/u,
  );
});
