import type { StepRule } from "./rule.ts";

/** No protected resource that the last update left is made a second time. */
export const madeAgain: StepRule = {
  name: "nothing-protected-made-again",
  level: "mandatory",
  says: "In a stack that has run, nothing protected is created that the last update left: its cloud does not show the first, and the second would be empty.",
  check: (steps, { left, anew }) =>
    steps
      .filter(
        ({ op, name, new: made }) =>
          op === "create" && made?.protect === true && left.includes(name) && !anew.includes(name),
      )
      .map(({ urn, name }) => ({
        urn,
        message: `"${name}" would be created, but the last update left one, and the new one would be empty. Its cloud does not show the first to this token. Find out why before anything else: docs/operate.md, "Something is gone that an update left"`,
      })),
};
