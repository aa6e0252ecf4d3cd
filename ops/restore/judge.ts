import type { StackConfig } from "../../config/schema.ts";
import { fingerprintOf } from "../../config/secret-keys/fingerprints.ts";
import { type SecretKey, secretRow, SECRETS } from "../../config/secret-keys/all.ts";
import { POSTGRES_VERSION } from "../../config/versions.ts";
import { type Manifest, SUSPICIONS } from "../../domain/backup/manifest.ts";
import { isOlder, upgradeFaults } from "../../domain/upgrade.ts";

/** Whether a dump may be restored, from its manifest and before anything is made. */

/** Facts that a manifest is compared with. */
export interface RestoreTarget {
  readonly config: Pick<StackConfig, "domain">;
  /** Mastodon's release that will read the data; for a fork, the one that it is built on. */
  readonly version: string;
  /** The stack's secrets in plain text. They are only hashed. */
  readonly secrets: Readonly<Partial<Record<SecretKey, string>>>;
  /** Time until which a fresher way offers the data; undefined if there is none. */
  readonly fresher?: FresherWay | undefined;
}

/** A way back that loses less than the dump: a point in time at DigitalOcean. */
export interface FresherWay {
  /** The newest time that it offers. */
  readonly until: Date;
  /** The line to type for it. */
  readonly line: string;
}

/** Reasons against a restore, each in a sentence. */
export interface Judgement {
  /** Nothing lifts these: the server would not work, or never again. */
  readonly refusals: readonly string[];
  /** The operator may go on, once they have read these. */
  readonly doubts: readonly string[];
}

/** The collation of a database whose indexes no system library can spoil. */
const SAFE_COLLATION = "C";

/** Judges a dump by its manifest. */
export function judgeRestore(manifest: Manifest, target: RestoreTarget): Judgement {
  return {
    refusals: [
      ...domainRefusal(manifest, target),
      ...schemaRefusals(manifest, target),
      ...serverRefusal(manifest),
      ...keyRefusals(manifest, target),
    ],
    doubts: [
      ...(manifest.collation === SAFE_COLLATION
        ? []
        : [
            `${manifest.object} comes from a database with the collation ${manifest.collation}, not ${SAFE_COLLATION}. A system update may have spoiled its indexes; then rows that are there twice end the restore.`,
          ]),
      ...manifest.suspicious.map(
        (each) => `${manifest.object} was doubted when it was made: ${SUSPICIONS[each]}.`,
      ),
      ...fresherDoubt(manifest, target),
    ],
  };
}

function domainRefusal({ object, domain }: Manifest, { config }: RestoreTarget): readonly string[] {
  return domain === config.domain
    ? []
    : [
        `${object} is a dump of ${domain}, and this server is ${config.domain}: other servers would meet accounts under names that they never had. Take a dump of ${config.domain}.`,
      ];
}

/** Versions are compared, because only the image knows the migrations in it. */
function schemaRefusals(
  { object, mastodon, schema }: Manifest,
  { version }: RestoreTarget,
): readonly string[] {
  if (upgradeFaults(mastodon, version).length === 0) return [];
  return [
    isOlder(version, mastodon)
      ? `${object} is of Mastodon ${mastodon} (schema ${schema}), newer than the ${version} that this checkout deploys, whose code does not know that schema. Restore from a commit that deploys ${mastodon} or the version after it.`
      : `${object} is of Mastodon ${mastodon} (schema ${schema}), more than one minor version behind the ${version} that this checkout deploys, and migrations expect the version before. Restore from a commit that deploys ${mastodon} or the version after it, then upgrade one by one.`,
  ];
}

function serverRefusal({ object, server }: Manifest): readonly string[] {
  const [major = ""] = server.split(".");
  return major === POSTGRES_VERSION
    ? []
    : [
        `${object} was dumped from Postgres ${server}, and this checkout makes Postgres ${POSTGRES_VERSION}. No restore between the two was ever tried. Restore from a commit whose config/versions.ts says ${major}.`,
      ];
}

/** Keys with which the data was written must be those of this stack. */
function keyRefusals(
  { object, stack, fingerprints }: Manifest,
  { secrets }: RestoreTarget,
): readonly string[] {
  return SECRETS.map(({ key }) => key as SecretKey).flatMap((key) => {
    const wanted = fingerprints[key];
    if (secretRow(key).change !== "never" || wanted === undefined) return [];
    const value = secrets[key];
    // The manifest's stack is in the hash: a stack of another name may restore the dump.
    if (value !== undefined && fingerprintOf(stack, key, value) === wanted) return [];
    return [
      `${object} was written with another mastodon:${key} than this stack file has${value === undefined ? ", which has none" : ""}. ${secretRow(key).lost} Put that key back first: from the commit of ${object.slice(-25, -9)} or earlier, or from the escrow bundle (docs/secrets.md).`,
    ];
  });
}

function fresherDoubt({ object, begun }: Manifest, { fresher }: RestoreTarget): readonly string[] {
  if (fresher === undefined || fresher.until.getTime() <= Date.parse(begun)) return [];
  const hours = ((fresher.until.getTime() - Date.parse(begun)) / 3_600_000).toFixed(1);
  return [
    `DigitalOcean still has the data of ${hours} hours more than ${object}, which ends at ${begun}: ${fresher.line}.`,
  ];
}
