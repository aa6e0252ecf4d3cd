import type { Releases } from "../../checks/assets-origin.ts";
import type { Hosts } from "../../../domain/hosts.ts";
import { federationRows } from "./federation-rows.ts";
import type { Row } from "./row.ts";
import { staticRows } from "./static-rows.ts";
import { streamingRows } from "./streaming-rows.ts";
import { visitorRows } from "./visitor-rows.ts";
import { webRows } from "./web-rows.ts";

/** The whole table, for a healthy server. */
export function rowsOf(
  { domain, hosts }: { readonly domain: string; readonly hosts: Hosts },
  releases: Releases,
): readonly Row[] {
  return [
    ...staticRows(hosts.assets, releases),
    ...webRows(hosts.web, hosts.streaming),
    ...federationRows(hosts.web, domain),
    ...streamingRows(hosts.streaming, hosts.web),
    ...visitorRows(hosts),
  ];
}
