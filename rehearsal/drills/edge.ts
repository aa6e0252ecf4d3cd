import { parseConfig } from "../../input/parse.ts";
import { IMAGES } from "../../config/images.ts";
import { mediaOf } from "../../domain/media.ts";
import { SERVICES, serviceUrl } from "../../config/topology.ts";
import { hostsOf } from "../../domain/hosts.ts";
import { runStack } from "../../index.ts";
import { checkOf } from "../checks/check.ts";
import { checkVisitorAddress } from "../checks/visitor-address.ts";
import { watchAssets } from "../edge/asset-watch.ts";
import { brokenZones } from "../edge/broken.ts";
import { openEdge } from "../edge/open.ts";
import { assetsAwayRows, unreachableRows } from "../edge/table/away-rows.ts";
import { mediaRows, PICTURE } from "../edge/table/media-rows.ts";
import { rowsOf } from "../edge/table/rows.ts";
import { runTable } from "../edge/table/run.ts";
import type { Phase } from "../phases.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { countsOf, noFindings, succeeded, type Drill } from "./drill.ts";
import {
  ask,
  BEFORE,
  edgeOf,
  pagePhase,
  RELEASES,
  whileGone,
  type EdgeDrill,
} from "./edge-tables.ts";
import { deletedPhases } from "./edge-deleted.ts";
import { R2, variantPhases } from "./edge-variants.ts";
import { liveConfig, webStopCheck } from "./live.ts";
import { installPhases } from "./release-steps.ts";
import { rehearsalOf, setupPhases, type DrillContext } from "./setup.ts";

/**
 * The server as the world sees it: requests through a local Cloudflare, which is built from the
 * live world, to the live pods.
 */
export function edgeDrill(context: DrillContext): Drill {
  const drill: EdgeDrill = { context, findings: noFindings(), tables: [] };
  return {
    name: "edge",
    findings: drill.findings,
    phases: [
      ...setupPhases(context),
      ...installPhases(context, drill.findings, BEFORE),
      openPhase(drill),
      upgradePhase(drill),
      ...tablePhases(drill),
      ...variantPhases(drill),
      pagePhase(drill),
    ],
  };
}

function openPhase(drill: EdgeDrill): Phase {
  const { context } = drill;
  return {
    title: "edge",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { zoneId } = parseConfig(readStackFile()).cloudflare;
      const edge = await openEdge(rehearsal, zoneId, () => liveConfig(rehearsal));
      const { close } = context;
      context.close = async () => {
        await edge.close();
        await close?.();
      };
      drill.edge = edge;
      const programs = await edge.refresh();
      const { records, rules } = edge.edge.zone;
      const count = Object.values(rules).reduce((sum, list) => sum + list.length, 0);
      return `${records.length} records, ${count} rules, ${programs} programs behind it`;
    },
  };
}

/** An upgrade while a visitor has pages of both releases open. */
function upgradePhase(drill: EdgeDrill): Phase {
  const { previous, current } = RELEASES;
  return {
    title: `upgrade from ${previous} to ${current}`,
    run: async () => {
      const { stack } = rehearsalOf(drill.context);
      stack.deploy(() => runStack(IMAGES));
      const { assets } = hostsOf(parseConfig(readStackFile()));
      const stop = watchAssets(edgeOf(drill), assets, RELEASES);
      const up = await stack.up();
      const { rounds, roundsOfBoth, complaints } = await stop();
      succeeded(drill.findings, up);
      // A watch that never fails would prove nothing: it must fail for a release that does not
      // exist.
      const lost = await watchAssets(edgeOf(drill), assets, { current, previous: "v0.0.0" })();
      drill.findings.checks.push(
        checkOf(
          "throughout an upgrade every static file of the old release is answered at the edge, and every one of the new from its first page on",
          [
            ...complaints,
            ...(roundsOfBoth > 0 ? [] : ["the new release was never seen"]),
            ...(lost.complaints.length > 0 ? [] : ["files of no release at all are answered, too"]),
          ],
          `asked for ${rounds} times, ${roundsOfBoth} of them with the new release's`,
        ),
      );
      return `${countsOf(up)}; all files asked for ${rounds} times`;
    },
  };
}

/** All requests to the server as configured: healthy, broken on purpose, and with parts missing. */
function tablePhases(drill: EdgeDrill): readonly Phase[] {
  const config = parseConfig(readStackFile());
  const site = { domain: config.domain, hosts: hostsOf(config) };
  return [
    {
      title: "requests",
      run: async (progress) => await ask(drill, "all well", rowsOf(site, RELEASES), progress),
    },
    {
      title: "past the edge",
      run: async () => {
        const web = await edgeOf(drill).origins.backendOf(serviceUrl(SERVICES.web), "");
        if (web === undefined) throw new Error("No pod of web answers.");
        const check = await checkVisitorAddress(web, site.hosts.web);
        drill.findings.checks.push(
          check,
          await webStopCheck(rehearsalOf(drill.context), site.hosts.web),
        );
        return check.detail;
      },
    },
    {
      title: "media on R2",
      run: async (progress) => {
        const { origins } = edgeOf(drill);
        const media = mediaOf(config);
        if (media === undefined) throw new Error("The stack has no media to ask for.");
        origins.putObject(media.bucket, PICTURE.path, PICTURE.object);
        const [host = ""] = media.hosts;
        return await ask(drill, "R2", mediaRows(host, R2), progress);
      },
    },
    {
      title: "broken on purpose",
      run: async (progress) => {
        const { edge, beside } = edgeOf(drill);
        const rows = rowsOf(site, RELEASES).filter(({ ask: { body } }) => !Buffer.isBuffer(body));
        const unseen: string[] = [];
        const broken = brokenZones(edge.zone);
        for (const { what, group, zone } of broken) {
          progress(what);
          const own = rows.filter((row) => row.group === group);
          const outcomes = await beside(zone, async (ground) => await runTable(own, ground));
          if (outcomes.every(({ complaints }) => complaints.length === 0)) unseen.push(what);
        }
        drill.findings.checks.push(
          checkOf(
            "a zone with one thing wrong is seen by the same requests",
            unseen.map((what) => `${what}: nothing is seen`),
            `${broken.length} zones: ${broken.map(({ what }) => what).join("; ")}`,
          ),
        );
        return `${broken.length} zones, ${unseen.length === 0 ? "each seen" : `${unseen.length} unseen`}`;
      },
    },
    {
      title: "static files' origin away",
      run: async (progress) =>
        await whileGone(drill, "assets", async () =>
          ask(drill, "assets gone", assetsAwayRows(site.hosts.assets, RELEASES), progress),
        ),
    },
    {
      title: "connectors away",
      run: async (progress) =>
        await whileGone(drill, "cloudflared", async () =>
          ask(drill, "connectors gone", unreachableRows(site.hosts, RELEASES), progress),
        ),
    },
    // After the phases that need earlier copies at the edge, because this empties it.
    ...deletedPhases(drill),
  ];
}
