import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig } from "../../input/parse.ts";
import { mediaHostOf } from "../../domain/media.ts";
import { hostsOf } from "../../domain/hosts.ts";
import { SECRET_MARK } from "../../plan/answers.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { accepted } from "../config/arbitrary.ts";
import { DANGERS } from "../peers/dangers/all.ts";
import { mandatoryFaults } from "../policy/resources.ts";
import { podsOf, textsOf } from "./views.ts";

test("whatever an operator may decide: nothing of what took others down, no open secret, each queue once, no container without limits or with a host it does not know", async () => {
  await fc.assert(
    fc.asyncProperty(accepted, async (raw) => {
      const plan = await planStack(raw);
      const texts = plan.resources.flatMap(({ name, inputs }) =>
        [...textsOf(inputs)].map(({ path, text }) => ({ at: `${name}${path}`, text })),
      );
      expect(texts.filter(({ text }) => text.includes(SECRET_MARK)).map(({ at }) => at)).toEqual(
        [],
      );
      expect(texts.filter(({ text }) => text.includes("Calling [to"))).toEqual([]);

      const urns = plan.resources.map(({ urn }) => urn);
      expect(new Set(urns).size).toBe(urns.length);

      const containers = podsOf(plan).flatMap((pod) => pod.containers);
      expect(mandatoryFaults(plan)).toEqual([]);
      for (const { name, resources } of containers) {
        expect(Object.keys(resources?.requests ?? {}).sort(), name).toEqual(["cpu", "memory"]);
        expect(Object.keys(resources?.limits ?? {}).sort(), name).toEqual(["cpu", "memory"]);
      }

      for (const { name, faults } of DANGERS) expect(faults(plan), name).toEqual([]);

      const hosts = texts.flatMap(
        ({ text }) => text.match(/[\w.-]+\.example\.(social|org)/gu) ?? [],
      );
      const { web, streaming, assets } = hostsOf(parseConfig(raw));
      const { domain } = parseConfig(raw);
      const known = [
        web,
        streaming,
        assets,
        domain,
        `www.${domain}`,
        mediaHostOf(parseConfig(raw)),
      ];
      const records = [`_dmarc.${domain}`, "one._domainkey", "two._domainkey"];
      expect(
        hosts.filter(
          (host) =>
            ![...known, "example.social", "example.org"].includes(host) &&
            !records.some((record) => host.startsWith(record)),
        ),
      ).toEqual([]);
    }),
    { numRuns: 20 },
  );
}, 120_000);
