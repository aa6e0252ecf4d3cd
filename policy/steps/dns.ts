import { goesFirst } from "./outage.ts";
import type { StepRule } from "./rule.ts";

const RECORD = "cloudflare:index/dnsRecord:DnsRecord";

/** No DNS record is deleted before its successor exists. */
export const dns: StepRule = {
  name: "no-dns-gap",
  level: "advisory",
  says: "No DNS record is deleted before its successor exists: resolvers that ask in between remember for minutes that there is none.",
  check: (steps) =>
    steps
      .filter((step, at) => step.type === RECORD && goesFirst(step, at, steps))
      .map(({ urn, name }) => ({
        urn,
        message: `"${name}" would be deleted before its successor exists. Resolvers that ask in between remember for minutes that there is none`,
      })),
};
