import type { Properties } from "../../../providers/provider.ts";
import { NODES, type NodeSize } from "../../../../facts/digitalocean/droplets.ts";
import { NODE_PRICES } from "../../../../facts/digitalocean/prices.ts";
import { REGIONS } from "../../digitalocean/regions.ts";
import type { World } from "../../world.ts";
import type { Operation } from "../router.ts";
import { ok, page } from "./answers.ts";

/**
 * Hours of a month with which DigitalOcean computes hourly prices: 28 days
 * (https://docs.digitalocean.com/products/billing/).
 */
const BILLED_HOURS = 672;

/**
 * The account and its offer (digitalocean/openapi 7c1300c4
 * `specification/resources/{account,billing,regions,sizes}/`).
 */
export const accountOperations: readonly Operation[] = [
  {
    method: "GET",
    path: "/v2/account",
    answer(_request, { account }) {
      const { uuid, email, emailVerified, status, dropletLimit, showsDropletLimit } = account;
      // The API returns a number, so "no limit" is a large one.
      const limit = Number.isFinite(dropletLimit) ? dropletLimit : 1_000_000;
      return ok({
        account: {
          uuid,
          email,
          email_verified: emailVerified,
          status,
          status_message: "",
          ...(showsDropletLimit && { droplet_limit: limit }),
          floating_ip_limit: 3,
        },
      });
    },
  },
  {
    method: "GET",
    path: "/v2/customers/my/balance",
    answer: (_request, { account }) =>
      ok({
        month_to_date_balance: account.balance,
        account_balance: account.balance,
        month_to_date_usage: account.balance,
        generated_at: new Date().toISOString(),
      }),
  },
  {
    method: "GET",
    path: "/v2/regions",
    answer: (request, world) =>
      page(
        request,
        "regions",
        REGIONS.map((slug) => ({
          slug,
          name: slug,
          features: ["backups", "ipv6", "metadata"],
          available: !world.account.closedRegions.has(slug),
          sizes: sizesOf(world),
        })),
      ),
  },
  {
    method: "GET",
    path: "/v2/sizes",
    answer: (request, world) =>
      page(
        request,
        "sizes",
        (Object.keys(NODES) as NodeSize[]).map((slug) => shownSize(world, slug)),
      ),
  },
];

const sizesOf = ({ account }: World): readonly string[] =>
  Object.keys(NODES).filter((slug) => !account.missingSizes.has(slug));

function shownSize(world: World, slug: NodeSize): Properties {
  const { vcpus, memoryGib, diskGib } = NODES[slug];
  const available = !world.account.missingSizes.has(slug);
  return {
    slug,
    memory: memoryGib * 1024,
    vcpus,
    disk: diskGib,
    transfer: 0, // Not simulated, and nothing in the project reads it.
    price_monthly: NODE_PRICES[slug],
    price_hourly: Number((NODE_PRICES[slug] / BILLED_HOURS).toFixed(5)),
    regions: available ? REGIONS.filter((region) => !world.account.closedRegions.has(region)) : [],
    available,
    description: slug,
  };
}
