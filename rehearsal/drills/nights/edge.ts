import { parseConfig } from "../../../input/parse.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { closeConnections, connect, connectorsOf } from "../../clouds/cloudflare/connectors.ts";
import { RECORD } from "../../clouds/cloudflare/dns.ts";
import { TUNNEL } from "../../clouds/cloudflare/tunnel.ts";
import { detachHosts, loseRecords, loseTunnel } from "../../clouds/mishaps.ts";
import { read } from "../../clouds/properties.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { environmentIn } from "../data-clients.ts";
import { aPodOf } from "../live.ts";
import type { Night } from "./night.ts";
import { refusedAnew } from "./refused-anew.ts";

/** Nights of the edge: the tunnel, the records, the host of the media. */

/** A machine of nobody's (RFC 5737). */
const STRANGER = "192.0.2.66";
const OURS = "198.51.100.1";

const leaked: Night = {
  number: 13,
  title: "the tunnel's secret is known to a stranger",
  run: async (operator) => {
    const { rehearsal } = operator;
    const { world } = rehearsal;
    const stolen = await tokenIn(rehearsal);
    const tunnel = tunnelId(rehearsal);
    const before = [connect(world, stolen, OURS), connect(world, stolen, STRANGER)];
    await operator.secrets("rotate", "tunnelSecret", "--yes");
    await operator.up();
    const stays = addresses(rehearsal).includes(STRANGER);
    await operator.types("curl -X DELETE …/cfd_tunnel/<tunnel>/connections (docs/edge.md)", () =>
      closeConnections(world, tunnel),
    );
    const again = connect(world, stolen, STRANGER);
    const ours = connect(world, await tokenIn(rehearsal), OURS);
    operator.check(
      "the stranger was in, stays in after the rotation alone, and is out after the last line",
      [
        ...(before.every(Boolean) ? [] : ["the stranger was never in"]),
        ...(stays ? [] : ["the rotation alone ended a connection"]),
        ...(again ? ["the stranger connects again"] : []),
        ...(ours ? [] : ["our connector does not connect"]),
        ...(tunnelId(rehearsal) === tunnel ? [] : ["it is another tunnel"]),
      ],
      addresses(rehearsal).join(", "),
    );
    return { lost: "nothing", decided: "a rotation keeps connections, so they are closed by hand" };
  },
};

const tunnelDeleted: Night = {
  number: 13,
  title: "the tunnel is deleted by hand",
  run: async (operator) => {
    const { rehearsal } = operator;
    const before = tunnelId(rehearsal);
    loseTunnel(rehearsal.world);
    await refusedAnew(operator, "tunnel-tunnel");
    await operator.rebuilt("edge");
    const now = tunnelId(rehearsal);
    const lead = rehearsal.world
      .find(RECORD)
      .map(({ properties }) => read.optionalText(properties, "content") ?? "")
      .filter((content) => content.endsWith(".cfargotunnel.com"));
    operator.check(
      "all records lead to the new tunnel",
      [
        ...(now === before ? ["it is the same tunnel"] : []),
        ...(lead.length === 0 ? ["no record leads to a tunnel"] : []),
        ...lead.filter((content) => !content.startsWith(now)),
      ],
      `${lead.length} records`,
    );
    return {
      lost: "nothing",
      decided: "a tunnel holds no data: its id is in the records, which follow",
      differs: { replaced: ["tunnel-tunnel"] },
    };
  },
};

const zoneEmptied: Night = {
  number: 14,
  title: "the zone's records are deleted, and the media's host is detached",
  run: async (operator) => {
    const { world } = operator.rehearsal;
    const names = (): string =>
      world
        .find(RECORD)
        .map(({ properties }) =>
          JSON.stringify([properties["name"], properties["type"], properties["content"]]),
        )
        .toSorted()
        .join("\n");
    const before = names();
    const lost = loseRecords(world, parseConfig(readStackFile()).cloudflare.zoneId);
    const hosts = detachHosts(world);
    await operator.rebuilt("edge");
    operator.check(
      "all records are there again, mail's too",
      names() === before ? [] : [`before: ${before}; now: ${names()}`],
      `${lost} records, ${hosts} host of media`,
    );
    return { lost: "nothing", decided: "records hold no data: the program has all of them" };
  },
};

async function tokenIn(rehearsal: Rehearsal): Promise<string> {
  const pod = await aPodOf(rehearsal, "cloudflared");
  const { TUNNEL_TOKEN: token = "" } = await environmentIn(rehearsal, pod, "cloudflared");
  return token;
}

function tunnelId({ world }: Rehearsal): string {
  const [tunnel] = world.find(TUNNEL);
  if (tunnel === undefined) throw new Error("There is no tunnel in this world.");
  return tunnel.id;
}

function addresses(rehearsal: Rehearsal): readonly string[] {
  return connectorsOf(rehearsal.world, tunnelId(rehearsal)).map(({ originIp }) => originIp);
}

/** Nights of the edge. */
export const EDGE_NIGHTS: readonly Night[] = [leaked, tunnelDeleted, zoneEmptied];
