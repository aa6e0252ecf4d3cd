import type { StackConfig } from "../../../config/schema.ts";
import { zoneOf } from "../../../domain/hosts.ts";
import {
  recordFaults,
  type StandingRecord,
  type WantedRecord,
} from "../../../domain/look/records.ts";
import { judgedZone, type Zone } from "../../../domain/look/zone.ts";
import { recordedNamesOf } from "../../../domain/public-names.ts";
import { reasonOf, type Answer } from "../../recover/presence.ts";
import { fix, ok, unknown, type Line } from "../line.ts";
import type { FoundZone } from "../questions.ts";
import type { Scene } from "../scene.ts";

/** Cloudflare's zone: its status, its plan, its records. */

interface ZoneAnswer {
  readonly config: Pick<StackConfig, "domain" | "webDomain" | "cloudflare">;
  readonly zone: Answer<FoundZone>;
}

/** The zone of the configuration. */
async function askZone(scene: Scene): Promise<ZoneAnswer> {
  return { config: await scene.config(), zone: await scene.zone() };
}

const dashboard = ({ cloudflare }: Pick<StackConfig, "cloudflare">): string =>
  `https://dash.cloudflare.com/${cloudflare.accountId}`;

export const zone: Line<ZoneAnswer> = {
  number: 15,
  name: "zone",
  checks: "the zone is active, has the right name, and is in the configured account",
  ask: askZone,
  judge({ config, zone: answer }) {
    const { zoneId, plan } = config.cloudflare;
    if (answer.kind === "refused" && [403, 404].includes(answer.status))
      return fix(
        `The token does not see the zone mastodon:cloudflare.zoneId "${zoneId}": the id is another one, or the token has no "Zone Read" for it.`,
        `${dashboard(config)} (the id is on the zone's overview page)`,
      );
    if (answer.kind !== "value") return unknown(reasonOf(answer));
    // The plan has its own line.
    const { faults } = judgedZone(config, { known: { ...answer.value, plan } }, false);
    if (faults.length > 0)
      return fix(`${faults.join(".\n")}.`, `${dashboard(config)}/${answer.value.name}`);
    const { name, status, nameServers } = answer.value;
    return status === "active"
      ? ok(`${name} is active`)
      : fix(
          `The zone ${name} is "${status}": its registrar does not name Cloudflare's name servers yet. Until then no certificate is made, and R2 takes no host of it.`,
          `at the registrar, set the name servers to ${nameServers.join(" and ")}`,
        );
  },
};

export const plan: Line<ZoneAnswer> = {
  number: 16,
  name: "plan",
  checks: "the zone's plan is `cloudflare.plan`",
  ask: askZone,
  judge({ config, zone: answer }) {
    if (answer.kind !== "value") return unknown(reasonOf(answer));
    const { plan: real } = answer.value;
    // A zone that is right but for its plan: the rest has its own line.
    const other: Zone = {
      name: zoneOf(config) ?? "",
      accountId: config.cloudflare.accountId,
      status: "active",
      plan: real,
    };
    const { faults } = judgedZone(config, { known: other }, false);
    return faults.length === 0
      ? ok(`the zone has ${real}`)
      : fix(`${faults.join(".\n")}.`, `pulumi config set --path mastodon:cloudflare.plan ${real}`);
  },
};

interface Hosts {
  readonly wanted: readonly WantedRecord[];
  readonly standing: Answer<readonly (StandingRecord & { readonly id: string })[]>;
  readonly page: string;
}

export const hosts: Line<Hosts> = {
  number: 19,
  name: "hosts",
  checks: "the public host names have no record yet, or ours",
  async ask(scene) {
    const config = await scene.config();
    const running = await scene.running().catch(() => undefined);
    const own = (running?.["publicHosts"] ?? []) as readonly string[];
    const wanted = recordedNamesOf(config)
      .filter(({ host }) => !own.includes(host))
      .map(({ host, key, record }): WantedRecord => ({
        name: host,
        type: record === "r2" ? "R2" : "AAAA",
        key,
      }));
    const client = await scene.cloudflare();
    const zone_id = config.cloudflare.zoneId;
    const standing = await scene.asked(async () => {
      const lists = wanted.map(async ({ name }) => {
        const { result } = await client.dns.records.list({ zone_id, name: { exact: name } });
        return result.map(({ id, name, type, content = "", comment }) => ({
          ...{ id, name, type: String(type), content },
          comment: comment ?? "",
        }));
      });
      return (await Promise.all(lists)).flat();
    });
    return { wanted, standing, page: `${dashboard(config)}/${zoneOf(config) ?? ""}/dns/records` };
  },
  judge({ wanted, standing, page }) {
    if (standing.kind !== "value") return unknown(reasonOf(standing));
    const { faults } = recordFaults(wanted, { known: standing.value });
    if (faults.length === 0)
      return ok(
        wanted.length === 0 ? "all names are this server's already" : `${wanted.length} names`,
      );
    return fix(`${faults.join(".\n")}.`, page);
  },
};
