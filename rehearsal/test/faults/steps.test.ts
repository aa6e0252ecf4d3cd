import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { parseConfig } from "../../../input/parse.ts";
import { valuesOf } from "../../../input/stack-text.ts";
import { stackTextOf } from "../../../ops/stack-file/texts.ts";
import { readyToRehearse } from "../../../plan/stack-file.ts";
import { shrunk } from "../../faults/shrink.ts";
import {
  CHANGES,
  changeFile,
  hitting,
  lineOf,
  randomSteps,
  readStep,
  walkIn,
  type Step,
} from "../../faults/steps.ts";

describe("a change of the stack file", () => {
  const committed = readFileSync("Pulumi.prod.yaml", "utf8");
  const parsed = (text: string) =>
    parseConfig(valuesOf(stackTextOf(readyToRehearse(text), "Pulumi.prod.yaml").texts));

  const WORDS = Object.keys(CHANGES);

  it.each([...WORDS.map((word) => [word]), WORDS, WORDS.toReversed()])(
    "%s leaves one that the program takes",
    (...words) => {
      const document = parseDocument(committed);
      for (const word of words) changeFile(document, readStep([word]).changes);
      expect(() => parsed(document.toString())).not.toThrow();
    },
  );
});

describe("a seed", () => {
  it("takes the same steps each time, and a longer walk begins with them", () => {
    const steps = randomSteps(7, 40);
    expect(randomSteps(7, 60).slice(0, 40)).toEqual(steps);
    expect(randomSteps(8, 40)).not.toEqual(steps);
    for (const step of steps) expect(() => readStep(step)).not.toThrow();
  });

  it("kills the engine in every third step and more, and lets nothing else go without a fault", () => {
    const words = randomSteps(1, 300).map((step) => step.join("+"));
    const share = (word: string) => words.filter((each) => each.includes(word)).length / 300;
    expect(share("kill-")).toBeGreaterThan(0.4);
    expect(share("error-before-")).toBeGreaterThan(0.1);
    expect(share("record-gone") + share("pool-")).toBeGreaterThan(0.3);
  });
});

describe("a walk as a line to type", () => {
  it("is read as what was written, a call's name with hyphens included", () => {
    const walk: readonly Step[] = [
      ["hour-5", "record-gone", "kill-after-create:media-r2-bucket"],
      [],
      ["error-before-3"],
    ];
    expect(lineOf(walk)).toBe(
      "hour-5+record-gone+kill-after-create:media-r2-bucket,update,error-before-3",
    );
    expect(walkIn(lineOf(walk))).toEqual(walk);
    expect(readStep(walk[0]!).fault).toEqual({
      does: "kill",
      when: "after",
      at: "create:media-r2-bucket",
    });
    expect(readStep(walk[2]!).fault).toEqual({ does: "error", when: "before", at: 3 });
  });

  it("is refused with the words that there are, where one is none or a second fault", () => {
    expect(() => walkIn("hour-5,cache-onn")).toThrow(/"cache-onn" is no word.*cache-on, /u);
    expect(() => walkIn("kill-after-0+error-before-1")).toThrow(/second fault/u);
  });

  it("names the call that a number hit, so that it hits that one again", () => {
    expect(hitting(["hour-5", "kill-after-7"], "update:web")).toEqual([
      "hour-5",
      "kill-after-update:web",
    ]);
  });
});

describe("a walk that fails", () => {
  const WALK = walkIn("hour-2,cache-on+block-on,hour-5+record-gone+kill-after-0,abort-3,web-small");

  /** Shortens a walk that fails if these words occur in this order, each in a step. */
  const shorten = async (walk: readonly Step[], ...words: readonly string[]) => {
    let tries = 0;
    const shortest = await shrunk(walk, (shorter) => {
      tries++;
      let next = 0;
      for (const step of shorter) if (step.includes(words[next] ?? "")) next++;
      return Promise.resolve(next === words.length);
    });
    return { line: shortest && lineOf(shortest), tries };
  };

  it("shrinks to its last step, and that to the word that it fails with", async () => {
    expect((await shorten(WALK, "web-small")).line).toBe("web-small");
  });

  it("keeps the earlier step that it needs, and no other word of it", async () => {
    expect((await shorten(WALK, "block-on", "web-small")).line).toBe("block-on,web-small");
  });

  it("shrinks a walk of ten steps in fewer tries than a person has patience for", async () => {
    const ten = [...randomSteps(3, 8), ["record-gone"], ["cache-on", "kill-after-0"]];
    const { line, tries } = await shorten(ten, "record-gone", "kill-after-0");
    expect(line).toBe("record-gone,kill-after-0");
    expect(tries).toBeLessThan(25);
  });

  it("is tried once more and no further where it does not fail again", async () => {
    expect(await shorten(WALK, "no such word")).toEqual({ line: undefined, tries: 1 });
  });

  it("stays as it is where nothing shorter fails", async () => {
    const needed = walkIn("block-on,block-off");
    expect((await shorten(needed, "block-on", "block-off")).line).toBe("block-on,block-off");
  });
});
