import type { StackConfig } from "../../../config/schema.ts";
import { lifeToCommit, type DataLife } from "../../../domain/data-life.ts";
import { openedBy, type HadUnlocked } from "../../../domain/unlocked.ts";
import { withinLimit } from "../../doctor/limit.ts";
import { patchFault } from "../../images/tags.ts";
import { holderOf, locksOf } from "../../recover/lock.ts";
import type { StackExport } from "../../recover/state.ts";
import { told, type Part } from "../part.ts";
import { PART_LIMIT_MS, type StatusScene } from "../scene.ts";

interface Waits {
  readonly look: readonly string[];
  readonly unknown: readonly string[];
}

/** Everything that waits for a person. A question that nobody answers hides no other. */
export const waits: Part<Waits> = {
  name: "waits",
  async ask(scene) {
    // A little before the part, which would hide the others' answers.
    const limitMs = (scene.limitMs ?? PART_LIMIT_MS) - 200;
    const answers = await Promise.allSettled(
      QUESTIONS.map(({ ask }) => withinLimit(ask(scene), limitMs)),
    );
    return {
      look: answers.flatMap((each) => (each.status === "fulfilled" ? each.value : [])),
      unknown: answers.flatMap((each, at) =>
        each.status === "rejected"
          ? [`${QUESTIONS[at]!.about} is not known: ${(each.reason as Error).message}`]
          : [],
      ),
    };
  },
  tell: ({ look, unknown }) => ({
    ...told(look, [
      ...unknown,
      ...(look.length === 0 && unknown.length === 0 ? ["nothing that could be asked"] : []),
      "changes by hand: npm run preview -- --refresh shows them",
    ]),
    // An operation may be pending that nobody was told of.
    ...(look.length === 0 && unknown.length > 0 && { word: "unknown" as const }),
  }),
};

interface Question {
  readonly about: string;
  readonly ask: (scene: StatusScene) => Promise<readonly string[]>;
}

const QUESTIONS: readonly Question[] = [
  {
    about: "the state",
    async ask(scene) {
      const { stack } = scene.place;
      const [state, running, config] = await Promise.all([
        scene.state(),
        scene.running(),
        scene.config(),
      ]);
      return ofState(state, running, config, stack);
    },
  },
  {
    about: "the lock",
    async ask({ pulumi, place }) {
      const locks = await locksOf(pulumi, place.stack);
      return locks.map(
        (each) =>
          `the stack is locked by ${holderOf(each)}: an update is at work, or was killed. If so: pulumi cancel --stack ${place.stack}, then npm run recover`,
      );
    },
  },
  {
    about: "a newer patch",
    async ask({ images }) {
      const fault = await patchFault([images.mastodon, images.streaming]);
      return fault === undefined ? [] : [fault];
    },
  },
];

function ofState(
  state: StackExport | undefined,
  running: Readonly<Record<string, unknown>> | undefined,
  config: StackConfig,
  stack: string,
): readonly string[] {
  if (state === undefined) return [`there is no stack ${stack} yet: docs/operate.md`];
  const pending = state.deployment.pending_operations?.length ?? 0;
  const opened = openedBy(running as { readonly unlocked?: HadUnlocked } | undefined, config);
  const spent = Object.keys(config.unlocked).filter((name) => !opened.includes(name));
  const advice = lifeToCommit(running as { readonly data?: DataLife } | undefined, config);
  return [
    ...(pending === 0
      ? []
      : [
          `the last update was cut off, with ${pending} operation${pending === 1 ? "" : "s"} pending: npm run recover -- --stack ${stack}`,
        ]),
    ...(running === undefined ? ["no update has ended yet"] : []),
    ...(advice === undefined ? [] : [advice]),
    ...(spent.length === 0
      ? []
      : [
          `spent unlocks in the stack file: npm run unlock -- ${spent.join(" ")} --remove --stack ${stack}`,
        ]),
  ];
}
