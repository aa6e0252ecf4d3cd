import { sentenceOf } from "../command-line.ts";
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
  const limitMs = scene.limitMs ?? LINE_LIMIT_MS;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Judgement>((resolve) => {
    timer = setTimeout(
      () => resolve(unknown(`there was no answer within ${limitMs / 1_000} s`)),
      limitMs,
    );
  });
  const judged = line.ask(scene).then(
    (seen) => line.judge(seen),
    (error: unknown) => unknown(sentenceOf(error)),
  );
  return await Promise.race([judged, late]).finally(() => clearTimeout(timer));
}
