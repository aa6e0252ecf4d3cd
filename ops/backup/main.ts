import { endingInASentence } from "../command-line.ts";
import { configOf } from "../stack-file/place.ts";
import { r2Bucket } from "../state/bucket.ts";
import { placeWorld } from "../state/place.ts";
import { runBackup } from "./command.ts";

/** `npm run backup`: see docs/operate.md, "Backups". Exit status 1 if something is wrong. */

await endingInASentence(async () => {
  const { cloudflare } = placeWorld(process.env);
  const well = await runBackup(process.argv.slice(2), {
    say: (text) => console.log(text),
    now: () => new Date(),
    cwd: process.cwd(),
    config: configOf,
    bucket: async (address) => r2Bucket(await cloudflare(), address),
  });
  if (!well) process.exitCode = 1;
});
