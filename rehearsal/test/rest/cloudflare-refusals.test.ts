import {
  AuthenticationError,
  BadRequestError,
  ConflictError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from "cloudflare";
import { describe, expect, it } from "vitest";
import { NOT_MODELLED } from "../../clouds/rest/server.ts";
import { ZONE } from "../clouds/cloud.ts";
import { inAccount, inZone, opened, TOKEN } from "./cloudflare-opened.ts";

describe("what Cloudflare's API refuses", () => {
  it("comes with the class, the number and the words that its client knows", async () => {
    const { faces, client } = await opened();
    const refusals = [
      [
        () => client.dns.records.get("0".repeat(32), inZone),
        NotFoundError,
        /81044.*does not exist/s,
      ],
      [
        () =>
          client.dns.records.create({
            ...inZone,
            type: "TXT",
            name: "a.example",
            ttl: 2,
            content: "x",
          }),
        BadRequestError,
        /1004.*DNS Validation Error.*error_chain.*9021/s,
      ],
      [() => client.rulesets.get("0".repeat(32), inZone), NotFoundError, /10001/],
      [() => client.zeroTrust.tunnels.cloudflared.get("x", inAccount), NotFoundError, /1002/],
      [() => client.r2.buckets.get("none", inAccount), NotFoundError, /10006/],
      [
        () => client.r2.buckets.domains.custom.get("a.b", { ...inAccount, bucket_name: "n" }),
        NotFoundError,
        /10006/,
      ],
      [() => client.accounts.tokens.get("0".repeat(32), inAccount), NotFoundError, /1003/],
      [() => client.workers.routes.get("0".repeat(32), inZone), NotFoundError, /10009/],
      [
        () => client.zones.settings.get("colour", inZone),
        BadRequestError,
        /1006.*Unrecognized zone setting/s,
      ],
      [
        () => client.zones.settings.edit("ssl", { ...inZone, value: "loose" }),
        BadRequestError,
        /1007/,
      ],
      [
        () => client.zones.get({ zone_id: "social.example" }),
        NotFoundError,
        /7003.*object identifier/s,
      ],
      [() => client.zones.get({ zone_id: "c".repeat(32) }), PermissionDeniedError, /9109/],
      [
        () => client.accounts.tokens.list({ account_id: "c".repeat(32) }),
        PermissionDeniedError,
        /10000.*Authentication error/s,
      ],
      [
        () =>
          client.rulesets.create({
            ...inZone,
            kind: "zone",
            name: "n",
            phase: "http_ratelimit",
            rules: [{}],
          }),
        BadRequestError,
        /rules\.0\.action: required/,
      ],
    ] as const;
    for (const [asked, kind, words] of refusals) {
      const refused: unknown = await asked().then(String, (error: unknown) => error);
      expect(refused).toBeInstanceOf(kind);
      expect(String(refused)).toMatch(words);
    }
    await client.zeroTrust.tunnels.cloudflared.create({ ...inAccount, name: "one" });
    await expect(
      client.zeroTrust.tunnels.cloudflared.create({ ...inAccount, name: "one" }),
    ).rejects.toThrow(ConflictError);
    expect(faces.cloudflare.notModelled).toEqual([]);
    await faces.close();
  });

  it("is a token that is missing, malformed, or no longer right", async () => {
    const { cloud, faces, clientOf } = await opened();
    const of = (apiToken: string) => clientOf(apiToken).zones.get(inZone);
    const bare = await fetch(`${faces.cloudflareUrl}/zones/${ZONE}`);
    expect([bare.status, await bare.text()]).toEqual([400, expect.stringContaining("9106")]);
    await expect(of("short")).rejects.toThrow(/6003.*6111/s);
    cloud.world.cloudflareTokens.add(TOKEN);
    expect((await of(TOKEN)).name).toBe("social.example");
    const wrong = "w".repeat(40);
    await expect(of(wrong)).rejects.toThrow(PermissionDeniedError);
    await expect(of(wrong)).rejects.toThrow(/9109/);
    await expect(clientOf(wrong).user.tokens.verify()).rejects.toThrow(AuthenticationError);
    await faces.close();
  });

  it("is too much at once, in the shape that its client waits on", async () => {
    const { faces, client } = await opened();
    faces.cloudflare.faults.add({ does: { kind: "answer", status: 429 } });
    await expect(client.zones.get(inZone)).rejects.toThrow(RateLimitError);
    await faces.close();
  });

  it("is never what the rehearsal does not know: that is loud, and recorded", async () => {
    const { faces, client } = await opened();
    const unknown = [
      client.get(`/zones/${ZONE}/page_rules`),
      client.post(`/zones/${ZONE}/dns_records`, { body: { name: "a", colour: "red" } }),
      client.put(`/zones/${ZONE}/bot_management`, { body: { jsd_api_results_enabled: true } }),
    ];
    for (const asked of unknown)
      await expect(asked).rejects.toMatchObject({ status: NOT_MODELLED });
    expect(faces.cloudflare.notModelled).toEqual([
      expect.stringContaining("no operation GET"),
      expect.stringContaining('does not model the field "colour"'),
      expect.stringContaining('does not model the field "jsd_api_results_enabled"'),
    ]);
    await faces.close();
  });
});
