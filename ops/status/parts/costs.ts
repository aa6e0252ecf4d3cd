import { costOf, inDollars, type Cost } from "../../../domain/cost.ts";
import { told, type Part } from "../part.ts";

/** The bill by the stack file. What DigitalOcean has counted so far needs a scope for billing. */
export const costs: Part<Cost> = {
  name: "costs",
  ask: async ({ config }) => costOf(await config()),
  tell: ({ dollars, dollarsAtCeiling }) =>
    told([], [`${inDollars(dollars)} a month, ${inDollars(dollarsAtCeiling)} with every node`]),
};
