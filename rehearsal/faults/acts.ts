import { readFile, writeFile } from "node:fs/promises";
import program from "../../index.ts";
import type { Operation } from "../engine/operation.ts";
import { WRITTEN_AT_THE_END } from "../engine/rehearsed-stack.ts";
import { changeAll, giveUpHosts, renamed, touched } from "./changes.ts";
import type { FastWorld } from "./fast-world.ts";

/** An operation that is cut off somewhere, and typed again after a recovery. */
export interface Act {
  readonly title: string;
  /** Brings the world to where it begins, given where the act before it ended. */
  readonly prepare: (fast: FastWorld) => Promise<void>;
  readonly run: (fast: FastWorld) => Promise<Operation>;
  /** The same, typed again: the clouds are asked first. */
  readonly again: (fast: FastWorld) => Promise<Operation>;
  /** Whether nothing is left to do afterwards. */
  readonly empty: (fast: FastWorld) => Promise<Operation | undefined>;
  /** Whether nothing is to be there at its end. Default: what the stack file asks for. */
  readonly leavesNothing?: boolean;
  /** Whether it is too long for each commit. */
  readonly nightly?: boolean;
}

const AGAIN = { refresh: true, environment: WRITTEN_AT_THE_END } as const;

const update = {
  run: ({ stack }: FastWorld) => stack.up(),
  again: ({ stack }: FastWorld) => stack.up(AGAIN),
  empty: ({ stack }: FastWorld) => stack.preview(),
};

/** The life of a stack, each act where the one before it ends. */
export function actsOfLife(): readonly Act[] {
  let file = "";
  return [
    { title: "first update", ...update, prepare: () => Promise.resolve() },
    {
      title: "change of the stack file",
      ...update,
      prepare: async ({ stack }) => {
        file = await readFile(stack.stackFile, "utf8");
        await stack.editConfig(changeAll);
      },
    },
    {
      title: "the way back",
      ...update,
      prepare: async ({ stack }) => {
        await writeFile(stack.stackFile, file);
        await stack.editConfig(giveUpHosts);
      },
    },
    {
      title: "every type changed in place",
      ...update,
      prepare: ({ stack }) => Promise.resolve(stack.deploy(touched(program))),
      nightly: true,
    },
    {
      title: "every object made anew",
      ...update,
      prepare: ({ stack }) => Promise.resolve(stack.deploy(renamed(program))),
      nightly: true,
    },
    {
      title: "destroy",
      prepare: async ({ stack }) => {
        stack.deploy(program);
        await stack.unprotectAll();
      },
      run: ({ stack }) => stack.destroy(),
      again: ({ stack }) => stack.destroy(AGAIN),
      empty: () => Promise.resolve(undefined),
      leavesNothing: true,
    },
  ];
}
