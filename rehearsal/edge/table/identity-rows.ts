import type { Ask, Expect, Row } from "./row.ts";
import { ALL_LIES } from "./visitor-rows.ts";

/** Requests to the host of account names, if the server answers at another. */
export function identityRows(domain: string, webHost: string): readonly Row[] {
  const row = (what: string, ask: Omit<Ask, "host">, expect: Expect): Row => ({
    ...{ group: "The host of the names", what, ask: { host: domain, ...ask }, expect },
  });
  const sentTo = (target: string, by: string, status = 301): Expect => ({
    ...{ status, from: "edge", cache: undefined, by },
    headers: { location: `https://${webHost}${target}` },
  });
  const discovery = (path: string): Row => {
    const expect = sentTo(path, "identity_discovery");
    const headers = { ...expect.headers, "access-control-allow-origin": "*" };
    return row(
      "who asks for an account is sent to where it lives, apps in a browser too",
      { path },
      { ...expect, headers },
    );
  };
  return [
    discovery(`/.well-known/webfinger?resource=acct:admin@${domain}`),
    discovery("/.well-known/host-meta"),
    discovery("/.well-known/nodeinfo"),
    row(
      "a signed question for a name is sent there as well",
      { path: `/.well-known/webfinger?resource=acct:admin@${domain}`, signed: true },
      sentTo(`/.well-known/webfinger?resource=acct:admin@${domain}`, "identity_discovery"),
    ),
    row(
      "a visitor does not choose where, whatever he says of the way he came",
      { path: "/.well-known/nodeinfo", headers: ALL_LIES },
      sentTo("/.well-known/nodeinfo", "identity_discovery"),
    ),
    row(
      "a page from before the move leads to the new host",
      { path: "/@admin/1?x=y" },
      sentTo("/@admin/1?x=y", "identity_rest", 302),
    ),
    row(
      "nothing at the old host reaches the cluster",
      { method: "POST", path: "/inbox", body: "{}" },
      sentTo("/inbox", "identity_rest", 302),
    ),
    row(
      "without encryption there is only the way to it",
      { scheme: "http", path: "/" },
      {
        ...{ status: 301, from: "edge", cache: undefined, by: "always_use_https" },
        headers: { location: `https://${domain}/` },
      },
    ),
  ];
}
