import type { AskedOperation } from "../clouds/rest/server.ts";
import { checkOf, type Check } from "./check.ts";

/**
 * Checks that the real plugins sent their requests to the clouds' APIs of this run. A plugin with
 * another address would have called the real clouds.
 */
export function checkAsked(asked: readonly AskedOperation[]): Check {
  const of = (cloud: AskedOperation["cloud"]): readonly AskedOperation[] =>
    asked.filter((each) => each.cloud === cloud);
  const clouds = ["digitalocean", "cloudflare"] as const;
  const kinds = new Set(asked.map(({ cloud, method, path }) => `${cloud} ${method} ${path}`));
  return checkOf(
    "the real plugins of both clouds asked the APIs of this run",
    clouds.filter((cloud) => of(cloud).length === 0).map((cloud) => `${cloud} was asked nothing`),
    `${clouds.map((cloud) => `${cloud} ${of(cloud).length} times`).join(", ")}; ${kinds.size} operations`,
  );
}
