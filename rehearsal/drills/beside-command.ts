import { besideCommand } from "../../ops/db/beside-command.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { inDatabasePod } from "./move-checks.ts";
import { asOperator, type Recovered } from "./recover.ts";

/**
 * Runs `npm run db -- beside …` on the rehearsed stack, as its operator types it.
 * @param answer text that is typed where the command asks.
 */
export async function beside(
  rehearsal: Rehearsal,
  args: readonly string[],
  answer: string,
): Promise<Recovered> {
  return await asOperator(rehearsal, async ({ say, clouds, cwd }) => {
    const command = besideCommand((part) =>
      part({
        ...{ say, clouds, ask: () => Promise.resolve(answer) },
        pod: ({ role }, use) =>
          inDatabasePod(rehearsal, use, role === "administrator" ? role : undefined),
      }),
    );
    const at = args[0] === "load" ? ["--cwd", cwd] : [];
    await command.exitOverride().parseAsync([...args, ...at], { from: "user" });
    return true;
  });
}
