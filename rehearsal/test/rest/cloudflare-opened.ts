import Cloudflare from "cloudflare";
import { openRest } from "../../clouds/rest/open.ts";
import { ACCOUNT, Cloud, ZONE } from "../clouds/cloud.ts";

/** As long as a real one. */
export const TOKEN = "t".repeat(40);
/** Parameters of a call in the account, and of one in the zone. */
export const inAccount = { account_id: ACCOUNT } as const;
export const inZone = { zone_id: ZONE } as const;

/** Cloudflare's official client for TypeScript, with another base URL. */
export function cloudflareClient(url: string, apiToken = TOKEN): Cloudflare {
  return new Cloudflare({ apiToken, baseURL: url, maxRetries: 0, logLevel: "off" });
}

/** Cloudflare's API over a world with one zone, and its official client. */
export async function opened() {
  const cloud = new Cloud();
  cloud.world.zones.set(ZONE, { name: "social.example", accountId: ACCOUNT });
  const faces = await openRest(cloud.world);
  const clientOf = (apiToken: string) => cloudflareClient(faces.cloudflareUrl, apiToken);
  return { cloud, faces, client: clientOf(TOKEN), clientOf };
}
