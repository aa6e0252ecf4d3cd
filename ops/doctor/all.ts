import type { Line } from "./line.ts";
import { account, accountScope, dropletLimit, tokens } from "./lines/account.ts";
import { doctl, node, pulumi } from "./lines/programs.ts";

/** Every line of `npm run doctor`, by number. */
export const LINES: readonly Line[] = [
  node,
  pulumi,
  doctl,
  tokens,
  accountScope,
  account,
  dropletLimit,
];
