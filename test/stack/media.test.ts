import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { parseConfig } from "../../input/parse.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { SECRET_MARK } from "../../plan/answers.ts";
import { reveal, Secret } from "../../plan/values.ts";
import { environmentOf, ofType, podsOf, theResource } from "./views.ts";

const ACCOUNT = parseConfig(readStackFile()).cloudflare.accountId;
const withMedia = (media: unknown): Promise<Plan> => planStack({ ...readStackFile(), media });

const PLANS = {
  r2: await planStack(),
  spaces: await withMedia({ storage: "spaces" }),
  "moved to Spaces": await withMedia({
    storage: "spaces",
    host: "files.example.social",
    standby: { storage: "r2", hosts: ["media.example.social"] },
  }),
  none: await withMedia({ storage: "none" }),
} as const;

const { r2, spaces, none } = PLANS;

function environment(plan: Plan, pod: string): ReadonlyMap<string, unknown> {
  const found = podsOf(plan).find(({ name }) => name === pod);
  if (found === undefined) throw new Error(`There is no pod ${pod}.`);
  return environmentOf(plan, found.containers.at(-1)!);
}

const typed = (plan: Plan, type: string) =>
  plan.resources.filter((resource) => resource.type === type);

describe.each(Object.entries(PLANS))("nobody can list a bucket: %s", (_name, plan) => {
  test("no address of Cloudflare's own, no policy, no website, and only `private` for a bucket itself", () => {
    const types = plan.resources.map(({ type }) => type);
    for (const type of [
      "cloudflare:index/r2ManagedDomain:R2ManagedDomain",
      "digitalocean:index/spacesBucketPolicy:SpacesBucketPolicy",
      "digitalocean:index/cdn:Cdn",
    ])
      expect(types).not.toContain(type);
    for (const { inputs } of typed(plan, "digitalocean:index/spacesBucket:SpacesBucket"))
      expect(inputs["acl"]).toBe("private");
    const texts = JSON.stringify(plan.resources.map(({ inputs }) => reveal(inputs)));
    expect(texts).not.toMatch(/public-read-write|authenticated-read|ListBucket/u);
    for (const pod of ["web", "sidekiq-default"])
      expect(["", "public-read", undefined]).toContain(environment(plan, pod).get("S3_PERMISSION"));
  });

  test("what is in the cluster has keys for one bucket alone", () => {
    const resources = typed(plan, "cloudflare:index/accountToken:AccountToken").flatMap(
      ({ inputs }) =>
        (inputs["policies"] as { resources: string }[]).flatMap((policy) =>
          Object.keys(JSON.parse(policy.resources) as object),
        ),
    );
    for (const each of resources)
      expect(each).toBe(`com.cloudflare.edge.r2.bucket.${ACCOUNT}_default_media-example-social`);
    const rails = environment(plan, "web");
    const maker = typed(plan, "digitalocean:index/spacesKey:SpacesKey").find(({ name }) =>
      name.endsWith("-maker"),
    );
    if (maker !== undefined)
      expect(reveal(rails.get("AWS_ACCESS_KEY_ID"))).not.toBe(`id-of-${maker.name}`);
  });
});

describe("R2, as production has it", () => {
  const rails = environment(r2, "web");

  test("Mastodon asks by path, sends no ACL, and names its own host to the world", () => {
    const plain = Object.fromEntries([...rails].filter(([name]) => name.startsWith("S3_")));
    expect(plain).toEqual({
      S3_ENABLED: "true",
      S3_BUCKET: "media-example-social",
      S3_REGION: "auto",
      S3_ENDPOINT: `https://${ACCOUNT}.r2.cloudflarestorage.com`,
      S3_HOSTNAME: `${ACCOUNT}.r2.cloudflarestorage.com`,
      S3_ALIAS_HOST: "media.example.social",
      S3_PERMISSION: "",
      S3_OPEN_TIMEOUT: "10",
      S3_READ_TIMEOUT: "60",
      S3_RETRY_LIMIT: "3",
    });
    expect(rails.has("EXTRA_MEDIA_HOSTS")).toBe(false);
  });

  test("the key is the token's id and the hash of its value, and both are secrets", () => {
    expect(rails.get("AWS_ACCESS_KEY_ID")).toBeInstanceOf(Secret);
    expect(reveal(rails.get("AWS_ACCESS_KEY_ID"))).toBe("id-of-media-r2-key");
    expect(rails.get("AWS_SECRET_ACCESS_KEY")).toBeInstanceOf(Secret);
    expect(reveal(rails.get("AWS_SECRET_ACCESS_KEY"))).toBe(
      createHash("sha256").update(`${SECRET_MARK}media-r2-key-value`).digest("hex"),
    );
  });

  test("the host is read over TLS 1.2 or later, and Cloudflare makes its record: ours beside it would be refused", () => {
    const domains = ofType(r2, "cloudflare:index/r2CustomDomain:R2CustomDomain");
    expect(domains.map(({ inputs }) => [inputs["domain"], inputs["enabled"], inputs["minTls"]]))
      // One for one host.
      .toEqual([["media.example.social", true, "1.2"]]);
    const names = ofType(r2, "cloudflare:index/dnsRecord:DnsRecord").map(
      ({ inputs }) => inputs["name"],
    );
    expect(names).not.toContain("media.example.social");
  });

  test("a hint of where to lie that comes later makes no other bucket", () => {
    const bucket = theResource(r2, "cloudflare:index/r2Bucket:R2Bucket", "media-r2-bucket");
    expect(bucket.ignoreChanges).toEqual(["location"]);
  });

  test("the assets origin stays closed to the Internet", () => {
    const policies = ofType(r2, "kubernetes:networking.k8s.io/v1:NetworkPolicy");
    expect(policies.map(({ name }) => name)).not.toContain("network-assets-to-spaces");
  });
});

describe("Spaces", () => {
  test("the bucket is protected, and made by the provider that has Spaces keys; the default one has none", () => {
    const bucket = theResource(
      spaces,
      "digitalocean:index/spacesBucket:SpacesBucket",
      "media-space-bucket",
    );
    const cors = theResource(
      spaces,
      "digitalocean:index/spacesBucketCorsConfiguration:SpacesBucketCorsConfiguration",
      "media-space-cors",
    );
    expect(bucket.protect).toBe(true);
    for (const { provider } of [bucket, cors])
      expect(provider).toMatch(/::media-space-provider::/u);
    const { inputs } = theResource(spaces, "pulumi:providers:digitalocean", "media-space-provider");
    expect(inputs["spacesSecretKey"]).toBeInstanceOf(Secret);
    const keys = ofType(spaces, "digitalocean:index/spacesKey:SpacesKey").map(
      ({ name, inputs: of, provider }) => [
        name,
        of["grants"],
        provider.includes("media-space-provider"),
      ],
    );
    expect(keys).toEqual([
      ["media-space-maker", [{ bucket: "", permission: "fullaccess" }], false],
      ["media-space-key", [{ bucket: "media-example-social", permission: "readwrite" }], false],
    ]);
  });

  test("Mastodon makes each object readable, for nothing else does", () => {
    const rails = environment(spaces, "web");
    expect(rails.get("S3_PERMISSION")).toBe("public-read");
    expect(rails.get("S3_REGION")).toBe("nyc3");
    expect(rails.get("S3_ENDPOINT")).toBe("https://nyc3.digitaloceanspaces.com");
    expect(rails.has("S3_OVERRIDE_PATH_STYLE")).toBe(false);
    expect(reveal(rails.get("AWS_ACCESS_KEY_ID"))).toBe("id-of-media-space-key");
  });

  test("the media host is a record to the tunnel, a rule in it, a server of the assets origin, and a way out for that alone", () => {
    const records = ofType(spaces, "cloudflare:index/dnsRecord:DnsRecord");
    expect(records.map(({ inputs }) => inputs["name"])).toContain("media.example.social");
    const [config] = ofType(
      spaces,
      "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig",
    );
    const { ingresses } = config!.inputs["config"] as { ingresses: object[] };
    expect(ingresses).toContainEqual(
      expect.objectContaining({
        hostname: "media.example.social",
        service: "http://assets.mastodon.svc.cluster.local:8080",
      }),
    );
    const nginx = theResource(spaces, "kubernetes:core/v1:ConfigMap", "assets-nginx");
    const text = (nginx.inputs["data"] as Record<string, string>)["nginx.conf"];
    expect(text).toContain("server_name media.example.social;");
    expect(text).toContain('"media-example-social.nyc3.digitaloceanspaces.com"');
    const policy = theResource(
      spaces,
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "network-assets-to-spaces",
    );
    expect(policy.inputs["spec"]).toMatchObject({
      policyTypes: ["Egress"],
      egress: [{ ports: [{ port: 443, protocol: "TCP" }] }],
    });
  });
});

test("in the weeks after a move the old host goes on being answered by the old bucket, and pages may load from it", () => {
  const plan = PLANS["moved to Spaces"];
  expect(
    ofType(plan, "cloudflare:index/r2CustomDomain:R2CustomDomain").map(
      ({ inputs }) => inputs["domain"],
    ),
  ).toEqual(["media.example.social"]);
  const rails = environment(plan, "web");
  expect(rails.get("S3_ALIAS_HOST")).toBe("files.example.social");
  expect(rails.get("EXTRA_MEDIA_HOSTS")).toBe("https://media.example.social");
  expect(
    plan.resources.filter(({ protect, name }) => protect && name.startsWith("media-")),
  ).toHaveLength(2);
});

test("without storage nothing of it is there, and no process believes that there is", () => {
  expect(none.resources.filter(({ name }) => name.startsWith("media-"))).toEqual([]);
  const rails = environment(none, "web");
  expect([...rails.keys()].filter((name) => /^(?:S3|AWS)_/u.test(name))).toEqual([]);
});

test("keys of storage are in no ConfigMap, and streaming has none at all", () => {
  for (const plan of Object.values(PLANS)) {
    for (const { name, inputs } of ofType(plan, "kubernetes:core/v1:ConfigMap"))
      expect(
        Object.keys(inputs["data"] as object).filter((key) => key.startsWith("AWS_")),
        name,
      )
        // Not even their names.
        .toEqual([]);
    const names = [...environment(plan, "streaming").keys()];
    expect(names.filter((each) => /^(?:S3|AWS)_/u.test(each))).toEqual([]);
  }
});
