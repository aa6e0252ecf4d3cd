import { hostsOf } from "../../domain/hosts.ts";
import { valuesOf } from "./convert.ts";
import type { Setting } from "./read.ts";

/** A host of the old server: the key that it goes to, or the reason why it is skipped. */
type OldHost = { readonly key: string; readonly value: string } | { readonly says: string };

/** Host names of the old server. */
export interface Names {
  readonly domain?: string;
  /** If unset, the old server uses the domain of its accounts. */
  readonly webDomain?: string;
  readonly streaming?: OldHost;
  readonly assets?: OldHost;
}

/**
 * Returns the old server's host names. Its hosts for streaming and static files are imported if
 * they differ from this program's defaults. Open pages and apps still use them, and the zone may
 * not allow the default names.
 */
export function namesOf(settings: readonly Setting[]): Names {
  const value = (name: string): string | undefined =>
    settings.find((setting) => setting.name === name && setting.value !== "")?.value;
  const domain = value("LOCAL_DOMAIN");
  const written = value("WEB_DOMAIN") ?? domain;
  if (domain === undefined || written === undefined) return {};
  const webDomain = String(valuesOf("WEB_DOMAIN", "webDomain", written)["webDomain"]);
  const usual = hostsOf({ webDomain });
  const host = (name: string, key: "streaming" | "assets"): Partial<Names> => {
    const address = value(name);
    return address === undefined ? {} : { [key]: oldHost(address, key, usual) };
  };
  return {
    webDomain,
    ...host("STREAMING_API_BASE_URL", "streaming"),
    ...host("CDN_HOST", "assets"),
  };
}

function oldHost(
  address: string,
  key: "streaming" | "assets",
  usual: { readonly web: string; readonly streaming: string; readonly assets: string },
): OldHost {
  const url = URL.parse(/^\w+:\/\//u.test(address) ? address : `https://${address}`);
  if (url === null || url.port !== "" || url.username !== "")
    return { says: "stays behind: it is no address with a host alone" };
  if (url.hostname === usual[key]) return { says: "says what is so here without it" };
  if (url.hostname === usual.web)
    return {
      says: `stays behind: it is the web host itself; here ${usual[key]} answers, unless mastodon:hosts.${key} names another host`,
    };
  return { key: `hosts.${key}`, value: url.hostname };
}
