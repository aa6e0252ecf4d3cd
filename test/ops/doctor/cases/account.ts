import type { DoctorCase } from "../stage.ts";

const ACCOUNT = "/v2/account";

export const accountCases: readonly DoctorCase[] = [
  {
    line: "tokens",
    failedBy: "doctl's name of the token is not set",
    arrange: ({ environment }) => void (environment["DIGITALOCEAN_ACCESS_TOKEN"] = ""),
  },
  {
    line: "tokens",
    failedBy: "neither name is set",
    arrange: ({ environment }) => {
      delete environment["DIGITALOCEAN_TOKEN"];
      delete environment["DIGITALOCEAN_ACCESS_TOKEN"];
    },
  },
  {
    line: "tokens",
    failedBy: "DigitalOcean does not know the token",
    arrange: ({ rest }) =>
      void rest.digitalocean.faults.add({ path: ACCOUNT, does: { kind: "answer", status: 401 } }),
  },
  {
    line: "tokens",
    failedBy: "the second token is another account's",
    arrange: (stage) => {
      stage.environment["DIGITALOCEAN_ACCESS_TOKEN"] = "dop_v1_of-another-account";
      stage.accountsByToken.add("dop_v1_of-another-account");
    },
  },
  {
    line: "account-scope",
    failedBy: "the token lacks `account:read`",
    arrange: ({ rest }) =>
      void rest.digitalocean.faults.add({ path: ACCOUNT, does: { kind: "answer", status: 403 } }),
  },
  {
    line: "account-scope",
    failedBy: "DigitalOcean does not answer",
    word: "unknown",
    arrange: (stage) => {
      stage.limitMs = 400;
      stage.rest.digitalocean.faults.add({ does: { kind: "slow", milliseconds: 5_000 } });
    },
  },
  {
    line: "account",
    failedBy: "the account has a warning",
    arrange: ({ cloud }) => void (cloud.world.account.status = "warning"),
  },
  {
    line: "account",
    failedBy: "the account's e-mail address is not verified",
    arrange: ({ cloud }) => void (cloud.world.account.emailVerified = false),
  },
  {
    line: "account",
    failedBy: "DigitalOcean is disturbed",
    word: "unknown",
    arrange: ({ rest }) =>
      void rest.digitalocean.faults.add({ does: { kind: "answer", status: 503 } }),
  },
  {
    line: "droplet-limit",
    failedBy: "the account is new, and may have three Droplets",
    arrange: ({ cloud }) => void (cloud.world.account.dropletLimit = 3),
  },
  {
    line: "droplet-limit",
    failedBy: "the token lacks `droplet:read`",
    word: "unknown",
    arrange: ({ cloud }) => void (cloud.world.account.showsDropletLimit = false),
  },
];
