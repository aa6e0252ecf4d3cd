import { expect, onTestFinished, test } from "vitest";
import { startKeyService, type KeyService } from "../../secrets/key-service.ts";

async function service(): Promise<KeyService> {
  const started = await startKeyService();
  onTestFinished(() => started.close());
  return started;
}

async function ask(
  { environment }: KeyService,
  what: string,
  body: object,
  token = environment["VAULT_SERVER_TOKEN"] ?? "",
): Promise<{ readonly status: number; readonly data?: Record<string, string> }> {
  const response = await fetch(`${environment["VAULT_SERVER_URL"]}/v1/transit/${what}/mastodon`, {
    method: "PUT",
    headers: { "x-vault-token": token },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

test("what was encrypted is not what was given, and comes back as it was", async () => {
  const vault = await service();
  const plaintext = Buffer.from("a data key of 32 bytes, for example").toString("base64");
  const { data } = await ask(vault, "encrypt", { plaintext });
  expect(data?.["ciphertext"]).toMatch(/^vault:v1:/u);
  expect(data?.["ciphertext"]).not.toContain(plaintext);
  expect((await ask(vault, "decrypt", data ?? {})).data).toEqual({ plaintext });
  expect(vault.seen).toEqual([plaintext]);
});

test.each([
  ["another token", "encrypt", { plaintext: "eA==" }, "other"],
  ["a damaged ciphertext", "decrypt", { ciphertext: `vault:v1:${"A".repeat(60)}` }, undefined],
  ["an unknown call", "rewrap", {}, undefined],
])(
  "%s is refused: a stack that opens without its key would prove nothing",
  async (_what, call, body, token) => {
    expect((await ask(await service(), call, body, token)).status).toBe(400);
  },
);

test("another service does not open it: each has a key of its own", async () => {
  const [one, other] = [await service(), await service()];
  const { data } = await ask(one, "encrypt", { plaintext: "c2VjcmV0" });
  expect((await ask(other, "decrypt", data ?? {})).status).toBe(400);
});
