import { isMediaCopied, MEDIA_COPY } from "../../domain/media-copy.ts";
import { endpointOf, placeOf, type Place } from "../../domain/places.ts";
import type { StackConfig } from "../../config/schema.ts";
import {
  CONNECTOR_METRICS_PORT,
  METRICS_PORT,
  ONE_OFF_COMPONENT,
  SERVICES,
} from "../../config/topology.ts";
import { DIRECT_PORT, tcp, type Flow } from "./flow.ts";

/** Configuration on which the connections below depend; each exists only if its option is set. */
export interface Options extends Pick<
  StackConfig,
  "mail" | "search" | "signIn" | "translation" | "metrics" | "tracing" | "backup"
> {
  /** Whether the assets origin serves media from Spaces. Default: no. */
  readonly mediaThroughCluster?: boolean;
  /** Whether media is copied into a second bucket. Default: no. */
  readonly media?: StackConfig["media"];
  /** Whether the update restores a dump. Default: no. */
  readonly restores?: boolean;
}

/** Component of the Job that fills the search server. */
export const SEARCH_COMPONENT = "search-deploy";

/** Ports that the internet flow allows web anyway. */
const WEB_PORTS: readonly number[] = [80, 443];

/** Connections of the optional parts. @param sidekiq the components of the Sidekiq groups. */
export function optionFlows(sidekiq: readonly string[], options: Options): readonly Flow[] {
  const { mail, search, signIn, translation, metrics, tracing, backup } = options;
  const ldap = signIn?.ldap;
  const libreTranslate = translation?.libreTranslate;
  return [
    ...[
      { name: "mail", smtp: mail, why: "sending mail" },
      { name: "bulk-mail", smtp: mail?.bulk, why: "sending mail to all members at once" },
    ].flatMap(({ name, smtp, why }) =>
      smtp === undefined ? [] : outward(name, sidekiq, smtp.server, smtp.port, smtp.network, why),
    ),
    ...(search === undefined
      ? []
      : outward(
          "search",
          ["web", ...sidekiq, "upkeep", ONE_OFF_COMPONENT, SEARCH_COMPONENT],
          search.host,
          search.port,
          search.network,
          "finding posts, and what is to be found",
        )),
    ...(ldap === undefined
      ? []
      : outward("ldap", ["web"], ldap.host, ldap.port, ldap.network, "signing in by LDAP")),
    ...(libreTranslate === undefined
      ? []
      : toAddress("translation", ["web", ONE_OFF_COMPONENT], libreTranslate, "translating posts")),
    ...(tracing === undefined
      ? []
      : toAddress("tracing", ["web", ...sidekiq, ONE_OFF_COMPONENT], tracing, "sending traces")),
    ...(metrics === undefined ? [] : scrapes(sidekiq, metrics.namespace)),
    ...(backup === undefined ? [] : BACKUP_FLOWS),
    ...(isMediaCopied(options.media) ? [MEDIA_COPY_FLOW] : []),
  ];
}

/**
 * The pod that reads all members' data may reach the database and a bucket, and nothing else. A
 * policy contains addresses, and those of a bucket change. So it allows the whole Internet, but
 * only HTTPS.
 */
const BACKUP_FLOWS: readonly Flow[] = [
  {
    name: "backup-to-database",
    from: ["backup", "backup-grants"],
    to: { outside: "databases" },
    ports: tcp(DIRECT_PORT),
    why: "dumps of the database, on the direct port alone",
  },
  {
    name: "backup-to-bucket",
    from: ["backup"],
    to: { outside: "internet" },
    ports: tcp(443),
    why: "dumps on their way to the bucket",
  },
];

/** A bucket's addresses change, as above. The pod has no business with the databases. */
const MEDIA_COPY_FLOW: Flow = {
  name: "media-to-standby",
  from: [MEDIA_COPY],
  to: { outside: "internet" },
  ports: tcp(443),
  why: "media on its way from one bucket to the other",
};

function outward(
  name: string,
  from: readonly string[],
  host: string,
  port: number,
  network: "internet" | "vpc",
  why: string,
): readonly Flow[] {
  return [{ name, from, to: destination(placeOf(host, network)), ports: tcp(port), why }];
}

/** A connection to a URL. An Internet host on the usual web ports needs no flow of its own. */
function toAddress(
  name: string,
  from: readonly string[],
  { endpoint, network }: { readonly endpoint: string; readonly network: "internet" | "vpc" },
  why: string,
): readonly Flow[] {
  const { host, port } = endpointOf(endpoint);
  const place = placeOf(host, network);
  const open = "outside" in place && place.outside === "internet" && WEB_PORTS.includes(port);
  return open ? [] : outward(name, from, host, port, network, why);
}

function destination(place: Place): Flow["to"] {
  return "namespace" in place ? { namespace: place.namespace } : { outside: place.outside };
}

/** Prometheus scrapes the metrics of each pod. */
function scrapes(sidekiq: readonly string[], namespace: string): readonly Flow[] {
  const scrape = (component: string, port: number): Flow => ({
    name: `scrape-${component}`,
    from: { namespace },
    to: { component },
    ports: tcp(port),
    why: "numbers for Prometheus",
  });
  return [
    scrape("web", METRICS_PORT),
    ...sidekiq.map((component) => scrape(component, METRICS_PORT)),
    scrape("streaming", SERVICES.streaming.port),
    scrape("cloudflared", CONNECTOR_METRICS_PORT),
  ];
}
