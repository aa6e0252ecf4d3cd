import {
  accountBeside,
  BESIDE,
  bringFromBeside,
  dropBeside,
  fillBeside,
  makeBeside,
  showBeside,
} from "../../ops/db/beside.ts";
import { decrypted } from "../../ops/db/beside-parts.ts";
import { checkOf } from "../checks/check.ts";
import type { Phase } from "../phases.ts";
import type { Findings } from "./drill.ts";
import { liveDeployments, queryAsWeb } from "./live.ts";
import { inDatabasePod } from "./move-checks.ts";
import { sameContent, type PhaseOf, type Restored } from "./restore-content.ts";

/** The member whose rows are lost, of the living server. */
const MEMBER = { id: 101, name: "alice" };
/** Room on the disk of the plan, bytes; more than the rehearsed database needs. */
const DISK = 2 ** 37;

/** One member's rows are deleted, and come back from a dump while the server runs. */
export function besidePhase(phase: PhaseOf, findings: Findings, shared: Restored): Phase {
  return phase("some accounts are gone", async (rehearsal) => {
    const { id, name } = MEMBER;
    const generations = async (): Promise<string> =>
      (await liveDeployments(rehearsal)).map(({ metadata }) => metadata?.generation).join(" ");
    const before = await generations();
    const sealed = (): Promise<ReadableStream<Uint8Array>> =>
      Promise.resolve(new Blob([new Uint8Array(shared.dump!.body)]).stream());
    await queryAsWeb(
      rehearsal,
      `DELETE FROM statuses WHERE account_id = ${id}; DELETE FROM users WHERE account_id = ${id}; DELETE FROM accounts WHERE id = ${id}`,
    );
    const refused = await inDatabasePod(
      rehearsal,
      (admin) => makeBeside(admin, 1_000_000),
      "administrator",
    ).then(
      () => "it was made",
      (error: unknown) => (error as Error).message,
    );
    await inDatabasePod(rehearsal, (admin) => makeBeside(admin, DISK), "administrator");
    const [shown, left] = await inDatabasePod(rehearsal, async (run) => {
      await fillBeside(run, decrypted(sealed, shared.key!.identity));
      const account = await accountBeside(run, name);
      const rows = await showBeside(run, account);
      await bringFromBeside(run, account);
      // A second time brings nothing more.
      await bringFromBeside(run, account);
      return [rows, await showBeside(run, account)] as const;
    });
    await inDatabasePod(rehearsal, dropBeside, "administrator");
    const databases = await rehearsal.databases.asAgent(
      `SELECT count(*)::int AS number FROM pg_database WHERE datname = '${BESIDE}'`,
    );
    const of = (table: string): string => {
      const row = shown.find((each) => each.table === table);
      return `${table} ${row?.beside} beside, ${row?.live} live`;
    };
    findings.checks.push(
      checkOf(
        "a second database is refused where it would fill the disk",
        /a fifth of the disk must stay free/u.test(refused) ? [] : [refused],
        "refused",
      ),
      checkOf(
        "a member's deleted rows are shown and brought back from a dump, and no pod is restarted",
        [
          ...(shown.some(({ table, live }) => table === "accounts" && live === 0)
            ? []
            : ["the loss was not shown"]),
          ...left
            .filter(({ beside, live }) => beside !== live)
            .map(({ table, beside, live }) => `${table}: ${beside} beside, ${live} live`),
          ...(before === (await generations()) ? [] : ["a Deployment was changed"]),
          ...(databases[0]?.["number"] === 0 ? [] : ["the second database is still there"]),
        ],
        ["accounts", "users"].map(of).join("; "),
      ),
      ...(await sameContent(rehearsal, shared, "after the member's rows came back")),
    );
    return of("users");
  });
}
