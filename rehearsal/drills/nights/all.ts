import { ACCOUNT_NIGHTS } from "./accounts.ts";
import { API_NIGHTS } from "./api-away.ts";
import { CLUSTER_NIGHTS } from "./cluster.ts";
import { DATABASE_NIGHTS } from "./database.ts";
import { EDGE_NIGHTS } from "./edge.ts";
import { emptyMachine } from "./empty-machine.ts";
import type { Night } from "./night.ts";
import { STATE_NIGHTS } from "./state.ts";
import { VALKEY_NIGHTS } from "./valkey.ts";

/** Every night, in the order in which they are rehearsed. */
export const NIGHTS: readonly Night[] = [
  ...CLUSTER_NIGHTS,
  ...API_NIGHTS,
  ...DATABASE_NIGHTS,
  ...ACCOUNT_NIGHTS,
  ...VALKEY_NIGHTS,
  ...STATE_NIGHTS,
  ...EDGE_NIGHTS,
  emptyMachine,
].toSorted((one, other) => one.number - other.number);
