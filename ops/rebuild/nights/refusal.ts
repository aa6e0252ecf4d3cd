import type { Night } from "../night.ts";

/** The refusal of a part whose night it is not, with the line that fits. */
export function anotherNight(night: Night): string {
  switch (night.word) {
    case "night":
      return `It is another night: ${night.why} Nothing was changed. Run \`npm run rebuild -- ${night.part}\`.`;
    case "wait":
      return [`${night.why} Nothing was changed.`, ...night.toDo.map((line) => `  ${line}`)].join(
        "\n",
      );
    case "nothing":
      return `${night.why} Nothing was changed.`;
  }
}
