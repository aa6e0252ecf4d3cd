import { Command } from "commander";
import { expect, test } from "vitest";
import { DRILLS } from "../../drills/all.ts";
import { drillOptionsOf, withDrillOptions } from "../../drills/command-options.ts";

const optionsOf = (name: string, ...words: string[]) => {
  const command = withDrillOptions(new Command().exitOverride(), DRILLS).configureOutput({
    writeErr: () => undefined,
  });
  command.parse(words, { from: "user" });
  return drillOptionsOf(
    command,
    DRILLS.find((row) => row.name === name)!,
    DRILLS,
  );
};

test("what a drill takes reaches it, and everything else is as the help says", () => {
  expect(optionsOf("cut", "--kills", "10")).toMatchObject({ kills: 10, seed: 1, keep: false });
  expect(optionsOf("faults", "--share", "1")).toMatchObject({ share: 1, cell: 7, steps: 60 });
  expect(optionsOf("node", "--images", "real").images).toMatchObject({ kind: "real" });
});

test.each([
  ["edge", ["--kills", "3"], "The drill edge takes no --kills. Leave it out, or rehearse one of"],
  ["whole", ["--images", "real"], "The drill whole takes no --images."],
  ["state", ["--plugins", "real"], "rehearse one of these: whole."],
  ["cut", ["--kills", "some"], "It is no whole number. Write 3"],
  ["node", ["--images", "own"], '--images is "own"; say local'],
])(
  "an option that means nothing to %s is refused before a world is made: %j",
  (name, words, sentence) => {
    expect(() => optionsOf(name, ...words)).toThrow(sentence);
  },
);
