import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { endOf, REPORT_BYTES } from "../../ops/ci/report.ts";
import { fenced } from "../../ops/report/markdown.ts";
import { argumentsOf, runPulumi } from "../../ops/ci/run-pulumi.ts";
import { accessTo } from "../../ops/ci/secrets-provider.ts";

describe("what Pulumi printed", () => {
  it("stays text: nothing in it ends the block that shows it", () => {
    expect(fenced("a\n```\n# heading @everyone\n````")).toBe(
      "`````text\na\n```\n# heading @everyone\n````\n`````",
    );
  });

  it("keeps its end, where reason and counts are, and says that the beginning is left out", () => {
    const text = Array.from({ length: 20_000 }, (_, at) => `línea ${at}`).join("\n");
    const end = endOf(text);
    expect(Buffer.byteLength(end)).toBeLessThan(REPORT_BYTES + 200);
    expect(end).toMatch(/^… the beginning is left out: \d+ bytes.*\nlínea \d+\n/u);
    expect(end.endsWith("línea 19999")).toBe(true);
  });
});

describe("Pulumi in a job", () => {
  const folder = mkdtempSync(join(tmpdir(), "ci-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const fake = (script: string): Readonly<Record<string, string>> => {
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "pulumi"), 0o755);
    return { PATH: `${folder}:${process.env["PATH"]}`, FOLDER: folder };
  };

  it("asks the clouds in the preview, and makes no second one in the update", () => {
    expect(argumentsOf("preview", "prod").slice(0, 4)).toEqual([
      "preview",
      "--stack",
      "prod",
      "--refresh",
    ]);
    expect(argumentsOf("up", "prod").slice(0, 6)).toEqual([
      "up",
      "--yes",
      "--skip-preview",
      "--stack",
      "prod",
      "--refresh",
    ]);
    for (const command of ["preview", "up"] as const) {
      const args = argumentsOf(command, "prod");
      const pack = args[args.indexOf("--policy-pack") + 1];
      expect(existsSync(`${pack}/PulumiPolicy.yaml`), command).toBe(true);
    }
  });

  it("is asked to stop once, before the job is ended, and waited for: killed, it would leave a lock", async () => {
    const environment = fake(`
      trap 'echo asked >> "$FOLDER/signals"; echo "what runs comes to its end"' INT
      echo started
      i=0; while [ $i -lt 4 ]; do sleep 0.1; i=$((i + 1)); done
      exit 3`);
    let seen = "";
    const ended = await runPulumi(["up"], {
      environment,
      limitMilliseconds: 150,
      say: (text) => (seen += text),
    });
    expect(readFileSync(join(folder, "signals"), "utf8")).toBe("asked\n");
    expect(ended.status).toBe(3);
    expect(ended.text).toContain("what runs comes to its end");
    expect(ended.text).toContain('See docs/operate.md, "A migration that takes longer".');
    expect(seen).toBe(ended.text);
  });

  it("hands on a refusal's words, which are on the other stream, and its status", async () => {
    const environment = fake("echo counts; echo refused >&2; exit 255");
    const { status, text } = await runPulumi(["preview"], {
      environment,
      limitMilliseconds: 60_000,
      say: () => undefined,
    });
    expect(status).toBe(255);
    expect(text).toContain("counts");
    expect(text).toContain("refused");
  });
});

describe("the right to open a stack's secrets", () => {
  const PASSPHRASE = "encryptionsalt: v1:abc=\nconfig:\n  mastodon:domain: example.social\n";
  const KMS =
    'secretsprovider: "awskms://alias/x?region=eu-central-1&awssdk=v2&profile=key-service"\nencryptedkey: abc\n';
  const OIDC = {
    KEY_SERVICE_ROLE: "arn:aws:iam::123456789012:role/preview",
    ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example/?a=1",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "bearer-of-the-job",
  };
  const github = ((url: string, { headers }: { headers: { authorization: string } }) =>
    Promise.resolve(
      url === "https://token.example/?a=1&audience=sts.amazonaws.com" &&
        headers.authorization === "bearer bearer-of-the-job"
        ? Response.json({ value: "identity" })
        : new Response("", { status: 401 }),
    )) as unknown as typeof fetch;

  it("is the passphrase, where the stack file has a salt", async () => {
    const given = { PULUMI_CONFIG_PASSPHRASE: "set" };
    expect(await accessTo("prod", PASSPHRASE, given, "/t")).toEqual({ environment: {}, files: {} });
    await expect(accessTo("prod", PASSPHRASE, OIDC, "/t")).rejects.toThrow(
      /PULUMI_CONFIG_PASSPHRASE is empty\. Set it as a secret/u,
    );
  });

  it("is GitHub's word for the job, where it names a key service: no secret of long life is there", async () => {
    expect(await accessTo("prod", KMS, OIDC, "/t", github)).toEqual({
      environment: { AWS_CONFIG_FILE: "/t/aws-config" },
      files: {
        "/t/identity-token": "identity",
        "/t/aws-config":
          "[profile key-service]\nrole_arn = arn:aws:iam::123456789012:role/preview\nweb_identity_token_file = /t/identity-token\n",
      },
    });
  });

  it.each([
    ["no role", KMS, { ...OIDC, KEY_SERVICE_ROLE: "" }, /KEY_SERVICE_ROLE is empty/u],
    ["no identity", KMS, { KEY_SERVICE_ROLE: "r" }, /Add `id-token: write`/u],
    ["the state's key", KMS.replace("&profile=key-service", ""), OIDC, /names no profile/u],
    ["a refusal", KMS, { ...OIDC, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x" }, /answered 401/u],
  ])("is refused in a sentence: %s", async (_, file, environment, sentence) => {
    await expect(accessTo("prod", file, environment, "/t", github)).rejects.toThrow(sentence);
  });

  it("of another service is another step's", async () => {
    const azure = "secretsprovider: azurekeyvault://x.vault.azure.net/keys/y\n";
    expect(await accessTo("prod", azure, {}, "/t")).toEqual({ environment: {}, files: {} });
  });
});
