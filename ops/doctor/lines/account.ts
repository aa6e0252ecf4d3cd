import type { StackConfig } from "../../../config/schema.ts";
import { reasonOf, type Answer } from "../../recover/presence.ts";
import { fix, ok, unknown, type Judgement, type Line } from "../line.ts";
import { accountOf, type Account } from "../questions.ts";

/** DigitalOcean's account: its tokens, its status, its limit. */

/** Page on which the tokens are made. */
export const TOKENS_PAGE = "https://cloud.digitalocean.com/account/api/tokens";

/** The two names of one token: the provider reads the first, doctl the second. */
const NAMES = ["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"] as const;

interface TwoTokens {
  /** Names that the environment lacks. */
  readonly missing: readonly string[];
  /** Whether both are the same text. */
  readonly same: boolean;
  /** The accounts, in the order of the names; empty if one name is missing. */
  readonly accounts: readonly Answer<Account>[];
}

export const tokens: Line<TwoTokens> = {
  number: 4,
  name: "tokens",
  checks: "both names of DigitalOcean's token, of one account",
  async ask(scene) {
    const values = NAMES.map((name) => scene.environment[name] ?? "");
    const missing = NAMES.filter((_, at) => values[at] === "");
    const different = [...new Set(values)];
    return {
      missing,
      same: different.length === 1,
      accounts:
        missing.length > 0
          ? []
          : await Promise.all(
              different.map(async (token) => {
                const client = await scene.digitaloceanWith(token);
                return await scene.asked(() => accountOf(client));
              }),
            ),
    };
  },
  judge({ missing, same, accounts }) {
    if (missing.length > 0)
      return fix(
        `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not set. The provider reads DIGITALOCEAN_TOKEN, doctl DIGITALOCEAN_ACCESS_TOKEN.`,
        missing.length === 1
          ? `export ${missing[0]}="$${NAMES.find((name) => name !== missing[0])}"`
          : TOKENS_PAGE,
      );
    const refused = accounts.findIndex((each) => each.kind === "refused" && each.status === 401);
    if (refused >= 0)
      return fix(
        `DigitalOcean does not know the token in ${same ? NAMES.join(" and ") : NAMES[refused]}.`,
        TOKENS_PAGE,
      );
    if (same) return ok("both names hold the same token");
    const uuids = accounts.flatMap((each) => (each.kind === "value" ? [each.value.uuid] : []));
    if (uuids.length < accounts.length)
      return unknown(
        "the two tokens differ, and whether they are of one account was not answered",
        `export ${NAMES[1]}="$${NAMES[0]}"`,
      );
    return new Set(uuids).size === 1
      ? ok("two tokens of one account")
      : fix(
          "The two tokens are of two accounts: the databases would be made in one, and the cluster be looked for in the other.",
          `export ${NAMES[1]}="$${NAMES[0]}"`,
        );
  },
};

export const accountScope: Line<Answer<Account>> = {
  number: 6,
  name: "account-scope",
  checks: "the scope `account:read`, without which status and limit are not known",
  ask: (scene) => scene.account(),
  judge(answer) {
    if (answer.kind === "value") return ok("the token reads its account");
    if (answer.kind === "refused" && answer.status === 403)
      return fix(
        "The token may not read its account, so neither the account's status nor its Droplet limit is known. Add account:read and droplet:read.",
        TOKENS_PAGE,
      );
    return unknown(reasonOf(answer));
  },
};

export const account: Line<Answer<Account>> = {
  number: 7,
  name: "account",
  checks: "DigitalOcean's account is active, its e-mail address verified",
  ask: (scene) => scene.account(),
  judge: withAccount(({ status, statusMessage, email, emailVerified }) => {
    if (status !== undefined && status !== "active")
      return fix(
        `The account is "${status}"${statusMessage ? ` (${statusMessage})` : ""}: DigitalOcean makes nothing in it.`,
        "https://cloud.digitalocean.com/account/billing",
      );
    if (emailVerified === false)
      return fix(
        `The address ${email ?? "of the account"} is not verified: DigitalOcean makes nothing before it is.`,
        "https://cloud.digitalocean.com/account/profile",
      );
    return status === undefined
      ? unknown("DigitalOcean's answer names no status")
      : ok(`the account is ${status}`);
  }),
};

/** A judgement of the account that is unknown without an answer. */
function withAccount(judge: (account: Account) => Judgement) {
  return (answer: Answer<Account>): Judgement =>
    answer.kind === "value" ? judge(answer.value) : unknown(reasonOf(answer));
}

/** Nodes that DOKS adds while it replaces one (`surgeUpgrade`, infra/cluster.ts). */
const SURGE = 1;

interface Droplets {
  readonly account: Answer<Account>;
  readonly cluster: StackConfig["cluster"];
}

/** The most nodes that the configuration can have at a time. */
export function mostNodes({ basePool, workloadPool }: StackConfig["cluster"]): number {
  return basePool.nodes + (workloadPool.maxNodes ?? workloadPool.nodes) + SURGE;
}

export const dropletLimit: Line<Droplets> = {
  number: 8,
  name: "droplet-limit",
  checks: "the account's Droplet limit holds the cluster at its maximum, and one more",
  async ask(scene) {
    const { cluster } = await scene.config();
    return { account: await scene.account(), cluster };
  },
  judge({ account, cluster }) {
    const needed = mostNodes(cluster);
    return withAccount(({ dropletLimit: limit }) => {
      // The field is missing without the scope; a zero is not a limit that an account has.
      if (limit === undefined || limit === null || limit === 0)
        return unknown(
          `the token does not see the limit, and ${needed} nodes may be needed. Add droplet:read`,
          TOKENS_PAGE,
        );
      return limit >= needed
        ? ok(`${needed} of ${limit} Droplets at most; others of the account count, too`)
        : fix(
            `The account may have ${limit} Droplets, and the cluster needs ${needed}: the base pool, the workload pool at its maximum, and ${SURGE} while a node is replaced.`,
            "https://cloud.digitalocean.com/support/tickets/new (ask for more Droplets; new accounts begin with few)",
          );
    })(account);
  },
};
