import type { Row } from "./row.ts";

/**
 * Requests to old media URLs of a migrated server that had media on its local disk. Other servers
 * still have these URLs.
 */
export function localDiskRows(
  hosts: { readonly web: string; readonly assets: string },
  mediaHost: string,
): readonly Row[] {
  const group = "Pictures from before, on the server's own disk";
  const path = "/media_attachments/files/1/original/a.png";
  const moved = (what: string, host: string, query = ""): Row => ({
    group,
    what,
    ask: { host, path: `/system${path}${query}` },
    expect: {
      ...{ status: 301, from: "edge", cache: undefined, by: "media_from_local_disk" },
      headers: { location: `https://${mediaHost}${path}${query}` },
    },
  });
  return [
    moved("an address of then leads to the media host", hosts.web),
    moved("and keeps what stands behind a question mark", hosts.web, "?1700000000"),
    moved("also where it was handed out under the host of static files", hosts.assets),
  ];
}
