import { SERVICES, serviceUrl } from "../../config/topology.ts";
import { MEDIA_COPY } from "../../domain/media-copy.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { loseMedia } from "../clouds/mishaps.ts";
import { StoredObject } from "../clouds/cloudflare/stored-object.ts";
import { R2_BUCKET } from "../clouds/cloudflare/r2.ts";
import { SPACES_BUCKET } from "../clouds/digitalocean/spaces.ts";
import type { Phase } from "../phases.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { ACL } from "../state/s3-calls.ts";
import { askAsServer, ClusterEdge } from "./cluster-edge.ts";
import { countsOf, succeeded, type Findings } from "./drill.ts";
import { runCronJob, saidBy } from "./job-run.ts";
import { sumOf } from "./nights/living.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";

/**
 * The copy of media each night, and the night on which the first bucket is gone (docs/media.md, "A
 * copy each night").
 */

/** A file with a name that a URL writes otherwise, and files with names as Mastodon gives them. */
const ODD = "media_attachments/files/odd/a b+ä.png";
const PLAIN = Array.from(
  { length: 60 },
  (_, at) => `media_attachments/files/${at}/original/${at}.png`,
);
const FILES = [...PLAIN, ODD];
/** Files that the second bucket does not get. */
const LEFT_OUT = ["cache/media_attachments/files/1/original/b.png", "backups/1/archive.zip"];
const HEADERS = { "content-type": "image/png", "cache-control": "public, max-age=315576000" };

/** Phases on a server with its media in R2. `media` are its settings, which have no standby. */
export function mediaCopyPhases(
  context: DrillContext,
  findings: Findings,
  setMedia: (media: object) => Promise<void>,
  media: { readonly host: string },
): readonly Phase[] {
  return [
    {
      title: "copy",
      run: async () => {
        const rehearsal = rehearsalOf(context);
        await setMedia({
          ...media,
          storage: "r2",
          standby: { storage: "spaces", copy: "nightly" },
        });
        const operation = succeeded(findings, await rehearsal.stack.up());
        fill(rehearsal);
        findings.checks.push(...(await copied(rehearsal)));
        return countsOf(operation);
      },
    },
    {
      title: "the bucket is gone",
      run: async () => {
        const rehearsal = rehearsalOf(context);
        const { stack, world } = rehearsal;
        const space = { ...objectsOf(rehearsal, "spaces") };
        loseMedia(world);
        const refused = await runCronJob(rehearsal, MEDIA_COPY);
        const said = saidBy(refused);
        await setMedia({ ...media, storage: "spaces", standby: { storage: "r2" } });
        for (const { urn } of await stack.resources())
          if (/r2CustomDomain/u.test(urn))
            await stack.pulumi(["state", "delete", urn, "--yes", "--stack", "prod"]);
        const operation = succeeded(findings, await stack.up());
        const second = await stack.preview();
        findings.checks.push(
          checkOf(
            "a copy without its bucket fails with a reason, and takes nothing from the second one",
            [
              ...(refused.succeeded ? ["it ended well"] : []),
              ...(said.includes("can't be listed") ? [] : [said]),
              ...differences(space, objectsOf(rehearsal, "spaces")),
            ],
            said,
          ),
          checkOf(
            "two words change places, and the second bucket serves every file under the old addresses",
            [
              ...(second.failure === undefined ? [] : [second.failure]),
              ...second.steps.map(({ op, urn }) => `${op} ${urn} in the second preview`),
              ...(await unserved(rehearsal, media.host)),
            ],
            `${countsOf(operation)}; ${PLAIN.length} files with the same bytes`,
          ),
        );
        return countsOf(operation);
      },
    },
  ];
}

/** Puts files into the bucket of R2: members' files, and others that no copy gets. */
function fill({ world }: Rehearsal): void {
  for (const [at, key] of [...FILES, ...LEFT_OUT].entries())
    world.r2.put(
      bucketOf(world.find(R2_BUCKET), "R2"),
      key,
      new StoredObject(Buffer.alloc(1 + at * 1_000, key), undefined, HEADERS),
    );
}

async function copied(rehearsal: Rehearsal): Promise<readonly Check[]> {
  const { world } = rehearsal;
  const first = await runCronJob(rehearsal, MEDIA_COPY);
  const wanted = objectsOf(rehearsal, "r2", LEFT_OUT);
  const shown = world.spaces
    .list(bucketOf(world.find(SPACES_BUCKET), "Spaces"))
    .filter(([, { headers }]) => headers[ACL] !== "public-read")
    .map(([key]) => `nobody can read ${key}`);
  const [deleted = ""] = FILES;
  const faults = differences(wanted, objectsOf(rehearsal, "spaces"));
  world.r2.delete(bucketOf(world.find(R2_BUCKET), "R2"), deleted);
  const second = await runCronJob(rehearsal, MEDIA_COPY);
  return [
    checkOf(
      "a Job of the live CronJob copies every file with its headers, but no cache and no export",
      [
        ...(first.succeeded ? [] : [saidBy(first)]),
        ...(Object.keys(wanted).length === FILES.length ? [] : ["the first bucket is not full"]),
        ...faults,
        ...shown,
      ],
      `${FILES.length} files in ${first.seconds.toFixed(1)} s`,
    ),
    checkOf(
      "a file that is deleted in the first bucket stays in the second one",
      [
        ...(second.succeeded ? [] : [saidBy(second)]),
        ...differences(wanted, objectsOf(rehearsal, "spaces")),
      ],
      deleted,
    ),
  ];
}

type Objects = Readonly<Record<string, string>>;

/** Checksum, type and caching of each object. */
function objectsOf(
  { world }: Rehearsal,
  store: "r2" | "spaces",
  without: readonly string[] = [],
): Objects {
  const bucket =
    store === "r2"
      ? bucketOf(world.find(R2_BUCKET), "R2")
      : bucketOf(world.find(SPACES_BUCKET), "Spaces");
  return Object.fromEntries(
    world[store]
      .list(bucket)
      .filter(([key]) => !without.includes(key))
      .map(([key, { body, headers }]) => [
        key,
        [sumOf(body), ...Object.keys(HEADERS).map((name) => headers[name])].join(", "),
      ]),
  );
}

function differences(wanted: Objects, found: Objects): readonly string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
    .filter((key) => wanted[key] !== found[key])
    .map((key) => `${key} is ${found[key] ?? "missing"}, and was ${wanted[key] ?? "not there"}`);
}

function bucketOf(found: readonly { readonly id: string }[], where: string): string {
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new Error(`${where} has ${found.length} buckets, and the drill needs one.`);
  return only.id;
}

/** Files that the media host does not answer with their own bytes, through the edge and nginx. */
async function unserved(rehearsal: Rehearsal, host: string): Promise<readonly string[]> {
  const { world, databases } = rehearsal;
  const [bucket] = world.find(SPACES_BUCKET);
  const origin = String(bucket?.properties["bucketDomainName"]);
  const files = world.spaces
    .list(bucket?.id ?? "")
    .filter(([, { headers }]) => headers[ACL] === "public-read");
  const edge = new ClusterEdge(rehearsal);
  try {
    await edge.fresh();
    await edge.origins.startSpaceFor(serviceUrl(SERVICES.assets), {
      ...(await databases.publicCertificate([origin])),
      host: origin,
      objects: Object.fromEntries(
        files.map(
          ([
            key,
            {
              body,
              headers: { [ACL]: _, ...headers },
            },
          ]) => [`/${key}`, { headers, body }],
        ),
      ),
    });
    const faults: string[] = [];
    for (const key of PLAIN) {
      const { status, body } = await askAsServer(await edge.fresh(), "GET", host, `/${key}`);
      const sum = Buffer.isBuffer(body) ? sumOf(body) : "no body";
      const wanted = files.find(([name]) => name === key)?.[1].body;
      if (status !== 200 || wanted === undefined || sum !== sumOf(wanted))
        faults.push(`${key}: ${status}, ${sum}`);
    }
    return faults;
  } finally {
    await edge.close();
  }
}
