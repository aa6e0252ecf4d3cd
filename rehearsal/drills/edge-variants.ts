import { parseConfig } from "../../input/parse.ts";
import { bucketNameOf, mediaHostOf, spaceOrigin } from "../../domain/media.ts";
import { SERVICES, serviceUrl } from "../../config/topology.ts";
import { hostsOf } from "../../domain/hosts.ts";
import { identityRows } from "../edge/table/identity-rows.ts";
import { localDiskRows } from "../edge/table/local-disk-rows.ts";
import { mediaRows, PICTURE } from "../edge/table/media-rows.ts";
import { errorPageRows, paidRows } from "../edge/table/plan-rows.ts";
import { rowsOf } from "../edge/table/rows.ts";
import type { Phase } from "../phases.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { ask, edgeOf, RELEASES, update, whileGone, type EdgeDrill } from "./edge-tables.ts";
import { rehearsalOf } from "./setup.ts";

/** R2's misses have no cache header, so Cloudflare's default of three minutes applies. */
export const R2 = { from: "media", missingSeconds: 180 } as const;
/** Misses of a Space have the header of the cluster's nginx. */
const SPACES = { from: "assets", missingSeconds: 30 } as const;

/** Host of web after its move. The other hosts stay, as an operator would choose. */
const NEW_HOST = "social";

/**
 * The same server in other configurations, one after the other, each with an update and requests.
 */
export function variantPhases(drill: EdgeDrill): readonly Phase[] {
  const config = parseConfig(readStackFile());
  const { domain, cloudflare } = config;
  const hosts = hostsOf(config);
  const mediaHost = mediaHostOf(config);
  const moved = { ...hosts, web: `${NEW_HOST}.${domain}` };
  return [
    {
      title: "web away on a free plan",
      run: async (progress) =>
        await whileGone(drill, "web", async () =>
          ask(drill, "web gone, free plan", errorPageRows(hosts.web, "Cloudflare's"), progress),
        ),
    },
    {
      title: "web at a new host",
      run: async () => {
        // A server can't change its web domain. Here two servers are simulated by one.
        await rehearsalOf(drill.context).stack.forget(["webDomain", "publicHosts"]);
        return await update(drill, (document) => {
          document.setIn(["config", "mastodon:webDomain"], moved.web);
          const { streaming, assets } = hosts;
          document.setIn(["config", "mastodon:hosts"], { streaming, assets });
          // Other servers know its URLs, so it stays at its host.
          document.setIn(["config", "mastodon:media", "host"], mediaHost);
          document.setIn(["config", "mastodon:media", "fromLocalDisk"], true);
        });
      },
    },
    {
      title: "requests to the new host and the old",
      run: async (progress) =>
        await ask(
          drill,
          "accounts at one host, web at another",
          [
            ...identityRows(domain, moved.web),
            ...localDiskRows(moved, mediaHost),
            ...rowsOf({ domain, hosts: moved }, RELEASES),
          ],
          progress,
        ),
    },
    ...movePhases(drill, { from: mediaHost, to: `files.${domain}` }),
    {
      title: "a paid plan",
      run: async () => {
        rehearsalOf(drill.context).world.zonePlans.set(cloudflare.zoneId, "business");
        return await update(drill, (document) =>
          document.setIn(["config", "mastodon:cloudflare", "plan"], "business"),
        );
      },
    },
    {
      title: "requests on the paid plan",
      run: async (progress) => await ask(drill, "business plan", paidRows(moved.web), progress),
    },
    {
      title: "web away on the paid plan",
      run: async (progress) =>
        await whileGone(drill, "web", async () =>
          ask(drill, "web gone, business plan", errorPageRows(moved.web, "our own"), progress),
        ),
    },
  ];
}

/**
 * Media moves from R2 to Spaces: new media is at a new host, and the old host answers as before.
 */
function movePhases(
  drill: EdgeDrill,
  { from, to }: { readonly from: string; readonly to: string },
): readonly Phase[] {
  return [
    {
      title: "media on Spaces, the former on R2",
      run: async () =>
        await update(drill, (document) =>
          document.setIn(["config", "mastodon:media"], {
            ...{ storage: "spaces", host: to, fromLocalDisk: true },
            standby: { storage: "r2", hosts: [from] },
          }),
        ),
    },
    {
      title: "requests to both",
      run: async (progress) => {
        const { databases } = rehearsalOf(drill.context);
        const { region, ...config } = parseConfig(readStackFile());
        const host = spaceOrigin({ bucket: bucketNameOf(config), place: region });
        const { object, path } = PICTURE;
        const headers = Object.fromEntries(
          Object.entries(object.headers).map(([name, [value = ""]]) => [name, value]),
        );
        await edgeOf(drill).origins.startSpaceFor(serviceUrl(SERVICES.assets), {
          ...(await databases.publicCertificate([host])),
          host,
          objects: { [path]: { headers, body: object.body } },
        });
        const said = await ask(drill, "Spaces", mediaRows(to, SPACES), progress);
        return `${said}; ${await ask(drill, "R2 beside it", mediaRows(from, R2), progress)}`;
      },
    },
  ];
}
