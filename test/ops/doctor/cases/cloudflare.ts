import { RECORD } from "../../../../rehearsal/clouds/cloudflare/dns.ts";
import { ACCOUNT, ZONE, type DoctorCase, type Stage } from "../stage.ts";

/** Lets Cloudflare refuse one path. */
const refuse =
  (path: string, status: 401 | 403 | 503 = 403) =>
  (stage: Stage) =>
    void stage.rest.cloudflare.faults.add({ path, does: { kind: "answer", status } });

const DAY_MS = 86_400_000;

/** A record that somebody made by hand. */
const byHand = (stage: Stage, name: string) =>
  stage.cloud.make(RECORD, "old", {
    ...{ zoneId: ZONE, name, type: "A", content: "192.0.2.7", ttl: 1, proxied: true },
  });

export const cloudflareCases: readonly DoctorCase[] = [
  {
    line: "cloudflare-token",
    failedBy: "Cloudflare does not know the token",
    arrange: ({ cloud }) => void cloud.world.cloudflareTokens.add("another"),
  },
  {
    line: "cloudflare-token",
    failedBy: "the token ends in five days",
    arrange({ cloud, now }) {
      const end = new Date(now.getTime() + 5.5 * DAY_MS);
      cloud.world.cloudflareToken.expiresOn = end.toISOString();
    },
  },
  {
    line: "cloudflare-token",
    failedBy: "the token was switched off",
    arrange: ({ cloud }) => void (cloud.world.cloudflareToken.status = "disabled"),
  },
  {
    line: "cloudflare-token",
    failedBy: "CLOUDFLARE_API_TOKEN is not set",
    word: "unknown",
    arrange: ({ environment }) => void delete environment["CLOUDFLARE_API_TOKEN"],
  },
  {
    line: "zone",
    failedBy: "the name servers were not moved yet",
    arrange: ({ cloud }) =>
      void cloud.world.zones.set(ZONE, {
        ...{ accountId: ACCOUNT, name: "example.social", status: "pending" },
      }),
  },
  {
    line: "zone",
    failedBy: "the id is of another zone of the account",
    arrange: ({ cloud }) =>
      void cloud.world.zones.set(ZONE, { accountId: ACCOUNT, name: "other.example" }),
  },
  {
    line: "zone",
    failedBy: "the zone is in another account",
    arrange: ({ cloud }) =>
      void cloud.world.zones.set(ZONE, { accountId: "e".repeat(32), name: "example.social" }),
  },
  {
    line: "zone",
    failedBy: "the token does not see the zone",
    arrange: ({ cloud }) => cloud.world.zones.clear(),
  },
  {
    line: "plan",
    failedBy: "the zone has a larger plan than the stack file",
    arrange: ({ cloud }) => void cloud.world.zonePlans.set(ZONE, "pro"),
  },
  {
    line: "permissions",
    failedBy: "the token lacks Cloudflare Tunnel and Bot Management",
    arrange(stage) {
      refuse("/accounts/{account_id}/cfd_tunnel")(stage);
      refuse("/zones/{zone_id}/bot_management")(stage);
    },
  },
  {
    line: "permissions",
    failedBy: "the token may not read one phase of the rules",
    arrange: refuse("/zones/{zone_id}/rulesets/phases/{ruleset_phase}/entrypoint"),
  },
  {
    line: "permissions",
    failedBy: "Cloudflare is disturbed",
    word: "unknown",
    arrange: refuse("/zones/{zone_id}/dns_records", 503),
  },
  {
    line: "r2",
    failedBy: "R2 was never subscribed to",
    arrange: ({ cloud }) => void (cloud.world.r2Subscribed = false),
  },
  {
    line: "hosts",
    failedBy: "another server has a record at the web domain",
    arrange: async (stage) => void (await byHand(stage, "example.social")),
  },
  {
    line: "hosts",
    failedBy: "another server has a record at the media host",
    arrange: async (stage) => void (await byHand(stage, "media.example.social")),
  },
  {
    line: "clock",
    failedBy: "this machine's clock is five minutes behind",
    arrange: (stage) => void (stage.now = new Date(Date.now() - 300_000)),
  },
  {
    line: "clock",
    failedBy: "Cloudflare does not answer",
    word: "unknown",
    arrange: ({ rest }) =>
      void rest.cloudflare.faults.add({ does: { kind: "hang up", when: "before" } }),
  },
];
