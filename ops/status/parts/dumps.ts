import { basename } from "node:path";
import { dumpFaults } from "../../backup/check.ts";
import { dumpAddressOf, dumpsIn, lineOf, newestGood } from "../../backup/dumps.ts";
import { r2Bucket } from "../../state/bucket.ts";
import { told, type Part } from "../part.ts";

type Dumps =
  undefined | { readonly faults: readonly string[]; readonly newest: string | undefined };

/** The newest good dump of the database. */
export const dumps: Part<Dumps> = {
  name: "dump",
  async ask(scene) {
    const config = await scene.config();
    const address = dumpAddressOf(config);
    const { backup, domain } = config;
    if (address === undefined || backup === undefined) return undefined;
    const bucket = r2Bucket(await scene.cloudflare(), address);
    const all = await scene.value(() => dumpsIn(bucket, basename(scene.place.stack), ["dumps"]));
    const newest = newestGood(all);
    const now = scene.now();
    return {
      faults: dumpFaults(all, { backup, domain, now }),
      newest: newest && lineOf(newest, now).trim(),
    };
  },
  tell: (seen) =>
    seen === undefined
      ? told(["no dumps are made: npm run backup -- key --out FILE"], [])
      : told(seen.faults, seen.newest === undefined ? [] : [seen.newest]),
};
