import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { RehearsedStack } from "../../engine/rehearsed-stack.ts";
import { losePool } from "../../clouds/mishaps.ts";
import { findSecrets } from "../../checks/secret-search.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { escrowOf } from "../escrow.ts";
import { allSecrets } from "../world-secrets.ts";
import { Killer } from "./kills.ts";
import type { Night } from "./night.ts";

/**
 * The operator's night: their machine is lost, too. Another one has a clone of the repository, the
 * escrow bundle, and both tokens. The command is killed on it, and continues on a third one.
 */

/** Events of the update after which the second kill comes. */
const EVENTS = 30;

export const emptyMachine: Night = {
  number: 16,
  title: "the node pool is gone, and the operator's machine, too",
  run: async (operator) => {
    const { rehearsal } = operator;
    const { engine } = rehearsal;
    const { bundle } = await escrowOf(rehearsal);
    await losePool(rehearsal.world);

    const one = await machineWith(rehearsal, bundle, "second-machine");
    const inOrder = await one.secretsCommand(["check"]);
    operator.sitDownAt(one);
    const kill = async (): Promise<void> => await engine.kill();
    const first = new Killer("update", kill);
    await operator.rebuild(["cluster"], first);

    const other = await machineWith(rehearsal, bundle, "third-machine");
    operator.sitDownAt(other);
    const second = new Killer(EVENTS, kill);
    const resumed = await operator.rebuild(["cluster"], second);
    const said = await operator.rebuilt("cluster");

    operator.check(
      "with the bundle's passphrase and address every secret of the clone opens, and is the right one",
      inOrder ? [] : ["npm run secrets -- check found a fault"],
      "npm run secrets -- check",
    );
    operator.check(
      "killed twice, the command goes on from the journal in the bucket, on a machine that has none",
      [
        ...[first, second].flatMap(({ isDead }, at) =>
          isDead ? [] : [`kill ${at + 1} came late`],
        ),
        ...[resumed.said, said].flatMap((text) =>
          /Goes on with what was begun at .*leaves the state: done before/su.test(text)
            ? []
            : [text],
        ),
      ],
      said.split("\n").find((line) => line.startsWith("Goes on")) ?? "",
    );
    operator.check(
      "it takes three lines and one answer",
      operator.typed.length <= 3 ? [] : operator.typed,
      operator.typed.join("; "),
    );
    const secrets = await allSecrets(rehearsal);
    // The first of them ran no update, so the engine printed nothing there.
    const written = [...(await one.haystacks()), ...(await other.haystacks())].filter(
      ({ text }) => text !== "",
    );
    operator.check(
      "no secret stands in what the other machines wrote",
      findSecrets(secrets, written),
      `${secrets.length} secrets looked for in ${written.length} places`,
    );
    return {
      lost: "nothing",
      decided: "the bundle has the state's passphrase and address; the journal is beside the state",
    };
  },
};

/** A machine with nothing but a clone, and what the bundle says. */
async function machineWith(
  { stack, directory }: Rehearsal,
  { statePassphrase, stateBackend }: Awaited<ReturnType<typeof escrowOf>>["bundle"],
  name: string,
): Promise<RehearsedStack> {
  if (statePassphrase === undefined || stateBackend === undefined)
    throw new Error("The escrow bundle holds no passphrase or no address of the state.");
  const home = join(directory, name, "home");
  // The real CLI downloads what is missing; this one has no Internet.
  await cp(join(directory, "home", "plugins"), join(home, "plugins"), { recursive: true });
  return await stack.on({
    ...{ home, folder: join(directory, name, "clone") },
    ...{ passphrase: statePassphrase, stateUrl: stateBackend },
  });
}
