/** Allowed upgrades between releases of Mastodon. */

interface Release {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/**
 * Reasons why a running server can't change to this release; empty if it can. One minor version at
 * a time: the code of the previous one must still run with its migrations, and nobody tests a skip
 * (https://docs.joinmastodon.org/admin/upgrading/). Never back by a minor, because its migrations
 * have dropped columns. A patch forward or back usually changes only code, and going back may be
 * necessary in an emergency.
 * @param running the deployed release, as "v4.6.5"; undefined for a server that is not deployed
 * yet.
 */
export function upgradeFaults(running: string | undefined, wanted: string): readonly string[] {
  if (running === undefined || running === wanted) return [];
  const [from, to] = [releaseOf(running), releaseOf(wanted)];
  if (from === undefined || to === undefined) return [];
  if (isEarlier(to, from))
    return [
      `Mastodon ${wanted} is older than ${running}, which runs here: its code does not know the database any more. Put ${running} back in config/images.ts, or a later patch of ${from.major}.${from.minor}; to go back for good, restore a backup from before the upgrade into a stack of the old version`,
    ];
  if (isNext(from, to)) return [];
  const next = `v${from.major}.${from.minor + 1}`;
  return [
    `Mastodon ${wanted} is more than one minor version after ${running}, which runs here: each version's migrations expect the one before. Go to the last patch of ${next} first, then on from there`,
  ];
}

/**
 * The fault of images of two minor versions; none if their tags tell no release, as a fork's may.
 * Streaming reads the columns of its own release's database, and both are released together
 * (https://github.com/mastodon/mastodon/releases).
 */
export function mixedFaults(web: string, streaming: string, saidBy: string): readonly string[] {
  const [one, other] = [releaseOf(web), releaseOf(streaming)];
  if (one === undefined || other === undefined) return [];
  if (one.major === other.major && one.minor === other.minor) return [];
  return [
    `${saidBy} names Mastodon ${web} for web and ${streaming} for streaming: both are released together, and streaming reads the database of its own release. Give both the same tag`,
  ];
}

/** Whether a release is of an earlier minor version than another. False if one is no release. */
export function isOlder(version: string, than: string): boolean {
  const [one, other] = [releaseOf(version), releaseOf(than)];
  return one !== undefined && other !== undefined && isEarlier(one, other);
}

function releaseOf(version: string): Release | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/u.exec(version) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return { major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/** Compares without patches. */
function isEarlier(one: Release, other: Release): boolean {
  return one.major < other.major || (one.major === other.major && one.minor < other.minor);
}

/**
 * The same minor version, the one after, or the first of the next major one, whose notes name the
 * last one before it.
 */
function isNext(from: Release, to: Release): boolean {
  if (from.major === to.major) return to.minor - from.minor <= 1;
  return to.major === from.major + 1 && to.minor === 0;
}
