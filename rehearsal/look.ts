import { enableCompileCache } from "node:module";

/**
 * `npm run look`: a stack's plan as one HTML page. It starts and contacts nothing. The clouds' SDKs
 * are megabytes of JavaScript: with a compile cache in the temporary folder they load in a third of
 * the time. So everything else is imported after this.
 */
enableCompileCache();
const [{ fromCommandLine }, { lookCommand }] = await Promise.all([
  import("../ops/command-line.ts"),
  import("./reports/look-command.ts"),
]);
await fromCommandLine(lookCommand());
// The engine's SDK keeps a timer, which would keep the process alive.
process.exit();
