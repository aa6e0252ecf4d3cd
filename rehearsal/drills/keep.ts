import type { Rehearsal } from "../rehearsal.ts";

/**
 * Prints how to reach a world that is kept open. It prints no password: a file that only this user
 * can read has the access data.
 */
export function printAccess(rehearsal: Rehearsal): void {
  const { world, clusters, databases } = rehearsal;
  const lines = ["", "The world stays up until Ctrl-C."];
  for (const id of world.runningClusters.keys())
    lines.push(`  ${clusters.kubectl} --kubeconfig ${clusters.kubeconfigPath(id)} get pods -A`);
  for (const id of world.databaseServers.keys()) {
    const socket = databases.socketFolder(id);
    if (socket !== undefined) lines.push(`  psql -h ${socket} -p 25060 -U postgres mastodon`);
  }
  console.log(lines.join("\n"));
}
