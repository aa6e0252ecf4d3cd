import { makeScryptCheap } from "./cheap-scrypt.ts";

/**
 * Half of an in-memory plan's time goes into stack traces that the SDK keeps for each output (62 ms a plan with them, 14 ms
 * without); a failing assertion still shows its own line.
 */
Error.stackTraceLimit = 4;

makeScryptCheap();
