import { expect, test } from "vitest";
import { checkedCa } from "../../infra/certificate.ts";
import { makeAuthority } from "../../rehearsal/authority.ts";
import { PLAN_CA } from "../../plan/ca-certificate.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { replacesOn } from "../../rehearsal/plan/kubernetes-replaces.ts";
import { podsOf, theResource } from "../stack/views.ts";

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const inYears = (years: number): Date => new Date(Date.now() + years * YEAR_MS);

test("a CA that holds is handed on as it is, to the letter: a changed one rolls every pod", () => {
  expect(checkedCa(PLAN_CA, "the database")).toBe(PLAN_CA);
});

test("a CA that has ended stops the update, and not each pod one by one", () => {
  expect(() => checkedCa(PLAN_CA, "the database", inYears(150))).toThrow(
    /^DigitalOcean's CA certificate of the database \(CN=CA of a plan\) ended on 21\d\d-\d\d-\d\d; no pod can check the database with it\. Run "pulumi up" again when/u,
  );
});

test("a clock that is years behind is told so, not taken for a bad certificate", () => {
  expect(() => checkedCa(PLAN_CA, "the database", inYears(-30))).toThrow(
    /Set this machine's clock/u,
  );
});

test("a server's own certificate is refused: nothing could be checked with it after the next renewal", async () => {
  const authority = await makeAuthority("CN=authority");
  const { certificate } = await authority.issue({
    subject: "CN=postgres",
    usages: ["server"],
    dnsNames: ["private-db.example"],
  });
  expect(() => checkedCa(certificate, "the database")).toThrow(/may sign no other/u);
});

test.each(["", "<html>502 Bad Gateway</html>", Buffer.from(PLAN_CA).toString("base64")])(
  "what is no PEM is refused without being printed: %j",
  (text) => {
    expect(() => checkedCa(text, "the database")).toThrow(
      `What DigitalOcean answers as the CA certificate of the database is no certificate in PEM (it has ${text.length} characters).`,
    );
  },
);

test("a changed CA is another Secret with another name, and that is in the template of every pod that mounts it", async () => {
  const plan = await planStack();
  const secret = theResource(plan, "kubernetes:core/v1:Secret", "environment-ca-secret");
  expect(Object.keys(secret.inputs["metadata"] as object)).not.toContain("name");
  expect(replacesOn("v1/Secret", "stringData.do-internal.crt")).toBe(true);
  const mounting = podsOf(plan).filter(({ spec }) =>
    JSON.stringify(spec["volumes"] ?? []).includes("environment-ca-secret-"),
  );
  expect(mounting.map(({ name }) => name).sort()).toEqual([
    "database-grants",
    "migrate-post-deployment",
    "migrate-pre-deployment",
    "preflight",
    "sidekiq-default",
    "sidekiq-federation",
    "sidekiq-scheduler",
    "streaming",
    "streaming-grants",
    "upkeep-profiles",
    "web",
  ]);
  for (const { owner } of mounting)
    expect(owner.propertyDependencies.get("spec"), owner.name).toContain(secret.urn);
});
