import { expect, test } from "vitest";
import { flowsOf, OUTSIDE_RANGES } from "../../k8s/flows.ts";

const flows = flowsOf(["sidekiq-default"]);

test("streaming, assets and migrations never reach the Internet", () => {
  const senders = flows.flatMap(({ from, to }) =>
    "outside" in to && (to.outside === "internet" || to.outside === "cloudflare") ? from : [],
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

test("docs/network.md says what the table says", async () => {
  const rows = flows.map(({ name, from, to, ports, why }) => {
    const sender = from === "every pod" ? from : from.map((one) => `\`${one}\``).join(", ");
    const target = "component" in to ? `\`${to.component}\`` : to.outside;
    const numbers = ports.map(({ port, protocol }) => `${port}/${protocol}`).join(", ");
    return `| \`${name}\` | ${sender} | ${target} | ${numbers} | ${why} |`;
  });
  const text = `# Connections

Every connection that a pod may open; the NetworkPolicies deny all others, both ways. Made from \`k8s/flows.ts\` (\`npx vitest run test/network -u\` writes it anew).
\`sidekiq-default\` stands for each Sidekiq group. \`npm run rehearse\` computes the whole matrix from the live objects and compares it with this table.

| policy | from | to | ports | why |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
  await expect(text).toMatchFileSnapshot("../../docs/network.md");
});
