import { FIXTURE_RELEASE } from "../fixture-release.ts";
import type { Manifest } from "../../domain/backup/manifest.ts";

/** A recipient whose identity was thrown away. */
export const RECIPIENT = "age1wyykvsc0hpsw9fw89pazwxthm8sxdk2jskxtjnet46sk30fwgvdq0yax4r";

/** A good dump's manifest. */
export const MANIFEST: Manifest = {
  form: 1,
  stack: "prod",
  domain: "example.social",
  object: "dumps/prod/20261128T010000Z.dump.age",
  begun: "2026-11-28T01:00:00.000Z",
  ended: "2026-11-28T01:01:10.000Z",
  bytes: 319_186_074,
  sha256: "0123456789abcdef".repeat(4),
  recipient: RECIPIENT,
  server: "17.10",
  client: "17.12",
  schema: "20260821093000",
  migrations: 512,
  mastodon: FIXTURE_RELEASE,
  collation: "C",
  fingerprints: { secretKeyBase: "v1-0123456789abcdef01234567" },
  counts: { accounts: 150_000, localUsers: 412, statuses: 1_300_000 },
  databaseBytes: 1_940_000_000,
  suspicious: [],
};
