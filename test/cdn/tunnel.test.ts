import { expect, test } from "vitest";
import { connectorTokenOf } from "../../cdn/connector-token.ts";
import { planStack } from "../../plan/plan-stack.ts";
import type { Secret } from "../../plan/values.ts";
import { textsOf, theResource } from "../stack/views.ts";

const SECRET = Buffer.alloc(32, 7).toString("base64");
const plan = await planStack(undefined, { secrets: { tunnelSecret: SECRET } });
const held = theResource(plan, "kubernetes:core/v1:Secret", "connector-token");
const tunnel = theResource(
  plan,
  "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared",
  "tunnel-tunnel",
);

function tokenOf({ inputs }: typeof held): string {
  const [token] = [...textsOf(inputs["stringData"], { secrets: true })].filter(({ path }) =>
    path.endsWith(".TUNNEL_TOKEN"),
  );
  if (token === undefined) throw new Error("The Secret holds no TUNNEL_TOKEN.");
  return token.text;
}

test("the token has the API's own order of fields: another text would restart every connector", () => {
  const accountId = "0123456789abcdef0123456789abcdef";
  const tunnelId = "6ff42ae2-765d-4adf-8112-31c55c1551ef";
  expect(atob(connectorTokenOf({ accountId, tunnelId, secret: SECRET }))).toBe(
    `{"a":"${accountId}","t":"${tunnelId}","s":"${SECRET}"}`,
  );
});

test("a connector proves itself to the tunnel that was made, with the secret that it was given", () => {
  expect(JSON.parse(atob(tokenOf(held)))).toEqual({
    a: tunnel.inputs["accountId"],
    t: "id-of-tunnel-tunnel",
    s: (tunnel.inputs["tunnelSecret"] as Secret).reveal(),
  });
});

test("connectors get a new token after the tunnel has its new secret: before, Cloudflare refuses them", () => {
  expect(held.dependencies).toContain(tunnel.urn);
});

test("Cloudflare is not asked for it: the question needs a token that may edit the tunnel, in each preview", () => {
  expect(plan.called.filter((token) => /tunnel/iu.test(token))).toEqual([]);
});
