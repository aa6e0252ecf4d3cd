import { sentenceOf } from "../command-line.ts";
import { withinLimit } from "./limit.ts";
import { unknown, type Judgement, type Line, type Outcome } from "./line.ts";
import { LINE_LIMIT_MS, type Scene } from "./scene.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** Order of the words in the output: the worst first. */
const WORST_FIRST: readonly Judgement["word"][] = ["fix", "unknown", "ok", "skip"];

/** Runs lines at the same time. Returns the outcomes, the worst first, then by number. */
export async function runLines(lines: readonly Line[], scene: Scene): Promise<readonly Outcome[]> {
  const outcomes = await Promise.all(
    lines.map(async (line): Promise<Outcome> => {
      const { number, name } = line;
      return withoutSecrets({ number, name, ...(await outcomeOf(line, scene)) }, scene.environment);
    }),
  );
  const rank = ({ word }: Outcome): number => WORST_FIRST.indexOf(word);
  return outcomes.toSorted((one, other) => rank(one) - rank(other) || one.number - other.number);
}

async function outcomeOf(line: Line, scene: Scene): Promise<Judgement> {
  return await withinLimit(line.ask(scene), scene.limitMs ?? LINE_LIMIT_MS).then(
    (seen) => line.judge(seen),
    (error: unknown) => unknown(sentenceOf(error)),
  );
}
