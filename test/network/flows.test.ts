import { describe, expect, test } from "vitest";
import type { V1NetworkPolicy, V1Pod } from "@kubernetes/client-node";
import { parseConfig } from "../../input/parse.ts";
import { flowsOf, OUTSIDE_RANGES } from "../../k8s/flows/all.ts";
import type { Flow } from "../../k8s/flows/flow.ts";
import { optionFlows } from "../../k8s/flows/options.ts";
import { checkNetworkMatrix } from "../../rehearsal/checks/network-matrix.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { EVERY_OPTION, OTHER_TRANSLATION, withOptions } from "../config/every-option.ts";
import { ofType, podsOf, templateOf } from "../stack/views.ts";

const flows = flowsOf(["sidekiq-default"]);
const everything = parseConfig(withOptions(readStackFile()));
const options = optionFlows(["sidekiq-default"], {
  ...everything,
  translation: parseConfig({ ...readStackFile(), translation: OTHER_TRANSLATION }).translation,
});

test("streaming, assets and migrations never reach the Internet", () => {
  const senders = flows.flatMap(({ from, to }) =>
    Array.isArray(from) && "outside" in to && ["internet", "cloudflare"].includes(to.outside)
      ? (from as readonly string[])
      : [],
  );
  expect(senders).toEqual([
    "cloudflared",
    "web",
    "sidekiq-default",
    "upkeep",
    "one-off",
    "preflight",
  ]);
});

test("a forged federation request can't reach private ranges or the Droplet's metadata", () => {
  expect(OUTSIDE_RANGES.internet.except).toEqual(
    expect.arrayContaining(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]),
  );
});

describe("an option that is off opens nothing", () => {
  test("none on: the table is the one without options", () => {
    const config = parseConfig(readStackFile());
    expect(optionFlows(["sidekiq-default"], config)).toEqual([]);
    expect(flowsOf(["sidekiq-default"], config)).toEqual(flows);
  });

  test.each([
    ["mail", ["mail", "bulk-mail"]],
    ["search", ["search"]],
    ["signIn", ["ldap"]],
    ["captcha", []],
    ["translation", []],
    ["tracing", ["tracing"]],
    ["metrics", ["scrape-web", "scrape-sidekiq-default", "scrape-streaming", "scrape-cloudflared"]],
  ] as const)("%s alone opens its own way", (key, names) => {
    const config = parseConfig({ ...readStackFile(), [key]: EVERY_OPTION[key] });
    expect(optionFlows(["sidekiq-default"], config).map(({ name }) => name)).toEqual(names);
  });
});

test.each([
  ["in the cluster", { host: "os.search.svc.cluster.local" }, { namespace: "search" }],
  ["in the VPC", { host: "search.internal.example.net", network: "vpc" }, { outside: "vpc" }],
  ["on the Internet", { host: "search.example.net" }, { outside: "internet" }],
])("a search server %s is reached there and nowhere else", (_where, search, to) => {
  const config = parseConfig({ ...readStackFile(), search });
  expect(optionFlows([], config)).toMatchObject([{ name: "search", to }]);
});

test("traces and translations on the web's own port need no way of their own: it is open", () => {
  const config = parseConfig({
    ...readStackFile(),
    tracing: { endpoint: "https://otlp.example.net" },
    translation: { libreTranslate: { endpoint: "https://translate.example.net" } },
  });
  expect(optionFlows([], config)).toEqual([]);
});

/** The matrix of a planned stack, computed as a rehearsal computes it for a live one. */
function matrixOf(plan: Plan, table: readonly Flow[]) {
  const pods = podsOf(plan).map(({ owner }): V1Pod => ({
    metadata: { namespace: "mastodon", labels: templateOf(owner).metadata.labels },
  }));
  const policies = ofType(plan, "kubernetes:networking.k8s.io/v1:NetworkPolicy").map(
    ({ inputs }): V1NetworkPolicy => {
      const { spec } = inputs as { spec: { ingress?: { from?: object[] }[] } };
      // The client renames `from`, because it is a keyword of Python's.
      const ingress = spec.ingress?.map(({ from, ...rest }) => ({ ...rest, _from: from }));
      return {
        metadata: { namespace: "mastodon" },
        spec: { ...spec, ...(ingress && { ingress }) } as V1NetworkPolicy["spec"],
      } as V1NetworkPolicy;
    },
  );
  return checkNetworkMatrix(
    pods.filter(({ metadata }) => metadata?.labels?.["k8s-app"] === undefined),
    policies,
    table,
  );
}

describe("with every option on", () => {
  const sidekiq = everything.sidekiq.map(({ name }) => `sidekiq-${name}`);

  test("the planned policies let through the connections of the table, and no other", async () => {
    const plan = await planStack(withOptions(readStackFile()));
    const table = flowsOf(sidekiq, everything);
    expect(matrixOf(plan, table).detail).toMatch(/^\d+ connections computed, \d+ open$/u);
    // With Prometheus in another namespace, the same matrix must detect it.
    const elsewhere = { ...everything, metrics: { ...everything.metrics!, namespace: "other" } };
    expect(matrixOf(plan, flowsOf(sidekiq, elsewhere)).passed).toBe(false);
  });
});

test("docs/network.md says what the tables say", async () => {
  const row = ({ name, from, to, ports, why }: Flow): string => {
    const sender =
      from === "every pod"
        ? from
        : "namespace" in from
          ? `the namespace \`${from.namespace}\``
          : from.map((one) => `\`${one}\``).join(", ");
    const target =
      "component" in to
        ? `\`${to.component}\``
        : "namespace" in to
          ? `the namespace \`${to.namespace}\``
          : to.outside;
    const numbers = ports.map(({ port, protocol }) => `${port}/${protocol}`).join(", ");
    return `| \`${name}\` | ${sender} | ${target} | ${numbers} | ${why} |`;
  };
  const head = `| policy | from | to | ports | why |
| --- | --- | --- | --- | --- |`;
  const text = `# Connections

Every connection that a pod may open; the NetworkPolicies deny all others, both ways. Made from
\`k8s/flows/all.ts\` (\`npx vitest run test/network -u\` writes it anew). \`sidekiq-default\` stands for
each Sidekiq group. \`npm run rehearse\` computes the whole matrix from the live objects and compares
it with this table.

${head}
${flows.map(row).join("\n")}

## With options

Each of these exists only if its option is on ([options.md](options.md)). Its target follows from
the option's host, port and \`network\`: the Internet, the VPC, or a namespace of the cluster. Each is
shown with an example.

${head}
${options.map(row).join("\n")}
`;
  await expect(text).toMatchFileSnapshot("../../docs/network.md");
});
