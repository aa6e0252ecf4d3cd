import { mediaOf } from "../../domain/media.ts";
import { parseConfig } from "../../input/parse.ts";
import { hostsOf } from "../../domain/hosts.ts";
import {
  dayLaterRows,
  servedRows,
  toldRows,
  untoldRows,
  type DeletedHosts,
} from "../edge/table/deleted-rows.ts";
import { PICTURE } from "../edge/table/media-rows.ts";
import type { Phase } from "../phases.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { ask, edgeOf, update, type EdgeDrill } from "./edge-tables.ts";

/**
 * A picture is served, deleted in its bucket, and must leave the edge: through Mastodon's purge,
 * and without one within a day.
 */
export function deletedPhases(drill: EdgeDrill): readonly Phase[] {
  const config = parseConfig(readStackFile());
  const media = mediaOf(config);
  if (media === undefined) throw new Error("The stack has no media that could be deleted.");
  const [host = ""] = media.hosts;
  const deleted = async (
    title: string,
    rows: (hosts: DeletedHosts) => Parameters<typeof ask>[2],
    progress: Parameters<typeof ask>[3],
  ): Promise<string> => {
    const { origins, edge } = edgeOf(drill);
    const secret = edge.zone.workers.find(({ pattern }) => pattern.startsWith(host))?.env["SECRET"];
    const hosts = { media: host, web: hostsOf(config).web, secret };
    edge.cache.purge("everything");
    origins.putObject(media.bucket, PICTURE.path, PICTURE.object);
    const served = await ask(drill, `${title}, before`, servedRows(hosts), progress);
    origins.deleteObject(media.bucket, PICTURE.path);
    const after = [...untoldRows(hosts), ...rows(hosts)];
    const said = await ask(drill, `${title}, after`, after, progress);
    // Restored: the next request finds the picture in its bucket, and no copy at the edge.
    origins.putObject(media.bucket, PICTURE.path, PICTURE.object);
    edge.cache.purge("everything");
    return `${served}; ${said}`;
  };
  return [
    {
      title: "media deleted, and the edge not told",
      run: async (progress) => await deleted("deleted", dayLaterRows, progress),
    },
    {
      title: "media with a purge",
      run: async () =>
        await update(drill, (document) =>
          document.setIn(["config", "mastodon:media", "purge"], true),
        ),
    },
    {
      title: "media deleted, and the edge told",
      run: async (progress) => await deleted("deleted and told", toldRows, progress),
    },
  ];
}
