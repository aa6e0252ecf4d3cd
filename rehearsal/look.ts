import { enableCompileCache } from "node:module";

/**
 * `npm run look`: a stack's plan as one HTML page; nothing started, nothing asked. The clouds' SDKs
 * are megabytes of JavaScript: compiled once and kept below the temporary folder, they load in a
 * third of the time. So all else is imported after this.
 */
enableCompileCache();
const [{ fromCommandLine }, { lookCommand }] = await Promise.all([
  import("../ops/command-line.ts"),
  import("./reports/look-command.ts"),
]);
await fromCommandLine(lookCommand());
// The engine's SDK keeps a timer.
process.exit();
