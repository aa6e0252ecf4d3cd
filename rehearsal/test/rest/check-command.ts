import { checkDigitalocean } from "./check.ts";
import { DEPARTURES } from "./departures.ts";

/**
 * `npm run check:rest -- <description>`: compares the simulated DigitalOcean with its description.
 */
const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error(
    "Which description? Run `npm run check:rest -- <file>`: DigitalOcean's OpenAPI description, " +
      "`specification/DigitalOcean-public.v2.yaml` of github.com/digitalocean/openapi or a bundle of it.",
  );
  process.exit(2);
}
const { answered, checked, bodies, undescribed, invalid, unused } = await checkDigitalocean(file);
for (const fault of invalid) console.error(`invalid: ${fault}`);
for (const each of unused) console.error(`no longer needed in departures.ts: ${each}`);
for (const name of undescribed) console.log(`not in the description: ${name}`);
for (const { operation, side, at, property, because } of DEPARTURES)
  console.log(`departs: ${operation}: ${side}${at}${property ? ` ${property}` : ""}: ${because}`);
console.log(
  `${answered} operations answered, ${checked} of them checked by ${bodies} bodies, ${invalid.length} invalid.`,
);
process.exit(invalid.length + unused.length === 0 ? 0 : 1);
