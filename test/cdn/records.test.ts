import fc from "fast-check";
import { expect, test } from "vitest";
import { recordsOf, wantedRecordsOf } from "../../cdn/records.ts";
import { parseConfig } from "../../input/parse.ts";
import { recordedNamesOf } from "../../domain/public-names.ts";
import { isTooDeep } from "../../input/rules/names.ts";
import { isWithin, zoneOf } from "../../domain/hosts.ts";
import { accepted } from "../config/arbitrary.ts";

test("whatever is accepted: no two records of one name and kind, each host in the zone, under its certificate, and no longer than a name may be", () => {
  fc.assert(
    fc.property(accepted, (raw) => {
      const config = parseConfig(raw);
      const zone = zoneOf(config) ?? "";
      const records = recordsOf(config);
      const kinds = records.map(({ name, type, content, data }) =>
        // A name may have several TXT and CAA records, but none twice.
        JSON.stringify(type === "CNAME" || type === "AAAA" ? [name] : [name, type, content, data]),
      );
      expect(new Set(kinds).size).toBe(kinds.length);
      const hosts = recordedNamesOf(config).map(({ host }) => host);
      expect(new Set(hosts).size).toBe(hosts.length);
      for (const host of hosts) {
        expect(isWithin(host, zone)).toBe(true);
        expect(host.length).toBeLessThanOrEqual(253);
        expect(isTooDeep(host, zone) && !config.cloudflare.advancedCertificate).toBe(false);
      }
      // The program creates no record that it did not look for in the zone.
      const wanted = new Set(wantedRecordsOf(config).map(({ name }) => name));
      expect(
        [...records.map(({ name }) => name), ...hosts].filter((name) => !wanted.has(name)),
      ).toEqual([]);
    }),
    { numRuns: 50 },
  );
}, 60_000);
