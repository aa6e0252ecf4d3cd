import type { Rehearsal } from "../rehearsal.ts";
import { queryAsWeb } from "./live.ts";

/** What goes wrong in each step of a release, for real: with what the step's own program then says. */

/** A thing that breaks one step, and how it is mended. */
export interface StepFault {
  /** The step's logical name in the stack, which the message must tell. */
  readonly step: string;
  /** What happened, for the phase's title. */
  readonly what: string;
  readonly breakIt: (rehearsal: Rehearsal) => Promise<void>;
  readonly mend: (rehearsal: Rehearsal) => Promise<void>;
  /** Of the program's last lines. */
  readonly says: RegExp;
  /** Whether the new version serves by then: after the rollout it does, and must go on. */
  readonly serves: "the old version" | "the new version";
}

const sql =
  (statement: string) =>
  async (rehearsal: Rehearsal): Promise<void> => {
    await queryAsWeb(rehearsal, statement);
  };

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
    step: "migrate-post-deployment",
    what: "a view hangs on the column that the migration drops",
    breakIt: sql("CREATE VIEW reports AS SELECT old_note FROM statuses"),
    mend: sql("DROP VIEW reports"),
    says: /cannot drop column old_note of table statuses because other objects depend on it/u,
    serves: "the new version",
  },
];
