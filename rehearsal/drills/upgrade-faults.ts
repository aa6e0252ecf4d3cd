import { setTimeout as sleep } from "node:timers/promises";
import { versionOf } from "../../domain/images.ts";
import { factsOf } from "../../facts/mastodon/minors.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { endsAtOnce, imageIsGone, mayGainPrivilege, type PodMistake } from "./broken-pods.ts";
import { queryAsWeb } from "./live.ts";

/** Faults in each step of a release, in real programs, with their error messages. */

/** A fault in one step, and its remedy. */
export interface StepFault {
  /** Logical name of the step in the stack, which the message must contain. */
  readonly step: string;
  /** Description, for the phase's title. */
  readonly what: string;
  readonly breakIt?: (rehearsal: Rehearsal) => Promise<void>;
  readonly mend?: (rehearsal: Rehearsal) => Promise<void>;
  /** A mistake in the program of this attempt only. */
  readonly mistake?: PodMistake;
  /** Pattern in the program's last lines. */
  readonly says: RegExp;
  /**
   * The version that serves at that time. After the rollout it is the new one, which must keep
   * serving. If one Deployment fails, others may be new, because they roll at the same time: its
   * own pods are those from before the attempt.
   */
  readonly serves: "the old version" | "the new version" | { readonly asBefore: string };
}

const sql =
  (statement: string) =>
  async (rehearsal: Rehearsal): Promise<void> => {
    await queryAsWeb(rehearsal, statement);
  };

/** Name and a column of the table that streaming reads for every request. */
const TOKENS = {
  table: "oauth_access_tokens",
  columns: factsOf(versionOf({})).streamingReads["oauth_access_tokens"] ?? [],
};
const ROLE = "mastodon_streaming";
let losing: Promise<void> | undefined;
let lost = false;

/**
 * Revokes the grants directly after the step that gave them. That step has then read every column
 * and, last of all, set its role's time limit.
 */
async function loseGrants({ databases }: Rehearsal): Promise<void> {
  lost = false;
  await databases.asAgent(`ALTER ROLE ${ROLE} RESET statement_timeout`);
  losing = (async () => {
    while (!lost) {
      const settings = await databases.asAgent(
        `SELECT FROM pg_db_role_setting WHERE setrole = '${ROLE}'::regrole AND array_to_string(setconfig, ',') LIKE '%statement_timeout%'`,
      );
      if (settings.length > 0) {
        await databases.asAgent(`REVOKE SELECT ON ${TOKENS.table} FROM ${ROLE}`);
        lost = true;
      }
      await sleep(20);
    }
  })();
}

async function giveBack({ databases }: Rehearsal): Promise<void> {
  lost = true;
  await losing;
  await databases.asAgent(
    `GRANT SELECT (${TOKENS.columns.join(", ")}) ON ${TOKENS.table} TO ${ROLE}`,
  );
}

/** In the order of the release. */
export const STEP_FAULTS: readonly StepFault[] = [
  {
    step: "preflight",
    what: "no way out to the Internet",
    breakIt: ({ internet }) => internet.disconnect(),
    mend: ({ internet }) => internet.connect(),
    says: /The Internet: HTTP::ConnectionError: failed to connect/u,
    serves: "the old version",
  },
  {
    step: "database-grants",
    what: "doadmin may not log in",
    breakIt: ({ databases }) => databases.letAdminIn(false),
    mend: ({ databases }) => databases.letAdminIn(true),
    says: /role "doadmin" is not permitted to log in/u,
    serves: "the old version",
  },
  {
    step: "migrate-pre-deployment",
    what: "a column that the migration wants to make is there",
    breakIt: sql("ALTER TABLE statuses ADD COLUMN note text"),
    mend: sql("ALTER TABLE statuses DROP COLUMN note"),
    says: /column "note" of relation "statuses" already exists/u,
    serves: "the old version",
  },
  {
    step: "migrate-pre-deployment",
    what: "a server that lives has lost its own actor",
    breakIt: sql("DELETE FROM accounts WHERE id = -99"),
    mend: sql("INSERT INTO accounts VALUES (-99)"),
    says: /The database is unseeded, but \S+ has lived in it since \S+ at least/u,
    serves: "the old version",
  },
  {
    step: "streaming-grants",
    what: "a column that streaming reads has another name",
    breakIt: sql("ALTER TABLE mutes RENAME COLUMN target_account_id TO target"),
    mend: sql("ALTER TABLE mutes RENAME COLUMN target TO target_account_id"),
    says: /column "target_account_id" of relation "mutes" does not exist/u,
    serves: "the old version",
  },
  {
    step: "rollout",
    what: "streaming's grants are lost",
    breakIt: loseGrants,
    mend: giveBack,
    says: /streaming answered 500 to a token that nobody has/u,
    serves: { asBefore: "streaming" },
  },
  {
    step: "rollout-assets",
    what: "an image that no registry has",
    mistake: imageIsGone("assets"),
    says: /assets can't be rolled out: ImagePullBackOff, pod assets-\S+ on \S+, container nginx/u,
    serves: { asBefore: "assets" },
  },
  {
    step: "rollout",
    what: "Pod Security refuses web's pods",
    mistake: mayGainPrivilege("web"),
    says: /web can't be rolled out: FailedCreate[^]*violates PodSecurity "restricted:latest"/u,
    serves: { asBefore: "web" },
  },
  {
    step: "rollout",
    what: "a web that never gets ready",
    mistake: endsAtOnce("web", "cannot load such file -- missing (LoadError)"),
    says: /web can't be rolled out: CrashLoopBackOff[^]*cannot load such file/u,
    serves: { asBefore: "web" },
  },
  {
    step: "migrate-post-deployment",
    what: "a view hangs on the column that the migration drops",
    breakIt: sql("CREATE VIEW reports AS SELECT old_note FROM statuses"),
    mend: sql("DROP VIEW reports"),
    says: /cannot drop column old_note of table statuses because other objects depend on it/u,
    serves: "the new version",
  },
];
