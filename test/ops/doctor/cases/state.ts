import type { DoctorCase } from "../stage.ts";

const CONFIG = "pulumi config --show-secrets --json --stack prod";

export const stateCases: readonly DoctorCase[] = [
  {
    line: "state-backend",
    failedBy: "PULUMI_BACKEND_URL is not set",
    arrange: ({ environment }) => void delete environment["PULUMI_BACKEND_URL"],
  },
  {
    line: "state-backend",
    failedBy: "the state is in a folder of this machine",
    arrange: ({ environment }) => void (environment["PULUMI_BACKEND_URL"] = "file:///srv/state"),
  },
  {
    line: "state-backend",
    failedBy: "the state is on Spaces",
    arrange: ({ environment }) =>
      void (environment["PULUMI_BACKEND_URL"] =
        "s3://mastodon-state?endpoint=nyc3.digitaloceanspaces.com&region=nyc3"),
  },
  {
    line: "state-backend",
    failedBy: "the key of the bucket is not set",
    arrange: ({ environment }) => void delete environment["AWS_SECRET_ACCESS_KEY"],
  },
  {
    line: "state-backend",
    failedBy: "the secret of the key is another one",
    arrange: ({ environment }) => void (environment["AWS_SECRET_ACCESS_KEY"] = "another-secret"),
  },
  {
    line: "state-backend",
    failedBy: "there is no such bucket",
    arrange: ({ environment }) =>
      void (environment["PULUMI_BACKEND_URL"] = environment["PULUMI_BACKEND_URL"]!.replace(
        "mastodon-state",
        "mastodon-stat",
      )),
  },
  {
    line: "state-backend",
    failedBy: "the history can be deleted",
    arrange: ({ locks }) => void locks.splice(0),
  },
  {
    line: "state-backend",
    failedBy: "the bucket's server does not answer",
    word: "unknown",
    arrange: async ({ s3 }) => await s3.stop(),
  },
  {
    line: "lock",
    failedBy: "there is no stack yet",
    arrange: ({ programs }) => void programs.set("pulumi stack ls --json", "[]"),
  },
  {
    line: "lock",
    failedBy: "a killed deploy left its lock",
    arrange: ({ failures }) =>
      void failures.set(
        "pulumi stack rename prod --stack prod",
        "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  file:///state/.pulumi/locks/organization/mastodon/prod/1b2c.json: created by root@run-1234-1 (pid 4242) at 2026-11-28T21:04:11Z",
      ),
  },
  {
    line: "lock",
    failedBy: "the backend does not answer",
    word: "unknown",
    arrange: ({ failures }) =>
      void failures.set("pulumi stack ls --json", "`pulumi stack ls` failed: no such host"),
  },
  {
    line: "passphrase",
    failedBy: "the passphrase is not set",
    arrange: ({ environment }) => void delete environment["PULUMI_CONFIG_PASSPHRASE"],
  },
  {
    line: "passphrase",
    failedBy: "the passphrase is empty",
    arrange: ({ environment }) => void (environment["PULUMI_CONFIG_PASSPHRASE"] = ""),
  },
  {
    line: "passphrase",
    failedBy: "the passphrase can be guessed",
    arrange: ({ environment }) => void (environment["PULUMI_CONFIG_PASSPHRASE"] = "mastodon"),
  },
  {
    line: "passphrase",
    failedBy: "the passphrase is another one",
    arrange: ({ failures }) =>
      void failures.set(CONFIG, "`pulumi config --show-secrets` failed: incorrect passphrase"),
  },
  {
    line: "passphrase",
    failedBy: "the backend does not answer",
    word: "unknown",
    arrange({ failures }) {
      failures.set(CONFIG, "`pulumi config --show-secrets` failed: no such host");
      failures.set("pulumi stack ls --json", "`pulumi stack ls` failed: no such host");
    },
  },
  {
    line: "secrets",
    failedBy: "one secret is missing",
    arrange({ programs }) {
      const held = JSON.parse(programs.get(CONFIG)!) as Record<string, unknown>;
      delete held["mastodon:secretKeyBase"];
      programs.set(CONFIG, JSON.stringify(held));
    },
  },
  {
    line: "secrets",
    failedBy: "an encryption key was changed by hand",
    arrange({ programs }) {
      const held = JSON.parse(programs.get(CONFIG)!) as Record<string, { value: string }>;
      const key = held["mastodon:activeRecordPrimaryKey"]!;
      key.value = key.value.split("").toReversed().join("");
      programs.set(CONFIG, JSON.stringify(held));
    },
  },
  {
    line: "escrow",
    failedBy: "no bundle is recorded",
    arrange: (stage) =>
      void (stage.text = stage.text!.replace(/^ *mastodon:escrow:(\n {4}.*)*/mu, "")),
  },
  {
    line: "escrow",
    failedBy: "a secret was rotated since the bundle",
    arrange: (stage) =>
      stage.write("config:\n", "config:\n  mastodon:tunnelSecret: { secure: v1:b }\n"),
  },
  {
    line: "escrow",
    failedBy: "the stack file has a new passphrase",
    arrange: (stage) => void (stage.text = `encryptionsalt: v1:new\n${stage.text}`),
  },
  {
    line: "escrow",
    failedBy: "the dumps have another recipient than the identity in the bundle opens",
    arrange: (stage) => stage.makeDumps([]),
  },
];
