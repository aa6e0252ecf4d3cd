import { readAll, type Json } from "../../recover/clouds.ts";
import { reasonOf, type Answer } from "../../recover/presence.ts";
import { fix, ok, skip, unknown, type Line } from "../line.ts";
import { storesOf } from "../stores.ts";
import type { Account } from "../questions.ts";
import { TOKENS_PAGE } from "./account.ts";

/** DigitalOcean's team: recipients of alerts, and keys of Spaces. */

const TEAM_PAGE = "https://cloud.digitalocean.com/account/team";

interface Recipients {
  readonly emails: readonly string[];
  readonly account: Answer<Account>;
}

export const alertEmails: Line<Recipients> = {
  number: 11,
  name: "alert-emails",
  checks: "`alerts.emails` are verified members of the team, as far as it can be asked",
  async ask(scene) {
    const { emails } = (await scene.config()).alerts;
    return { emails, account: await scene.account() };
  },
  judge({ emails, account }) {
    if (emails.length === 0) return skip("mastodon:alerts.emails is empty");
    if (account.kind !== "value") return unknown(reasonOf(account));
    const { email, emailVerified } = account.value;
    if (email !== undefined && emails.includes(email) && emailVerified === false)
      return fix(
        `${email} is not verified: the last step of an update fails, which makes the alerts.`,
        "https://cloud.digitalocean.com/account/profile",
      );
    const others = emails.filter((each) => each !== email);
    return others.length === 0
      ? ok(`${emails.join(", ")} is the account's own address`)
      : unknown(
          `No API lists a team's members, so look there for ${others.join(", ")}: to anybody else no alert is made, and the last step of an update fails.`,
          TEAM_PAGE,
        );
  },
};

export const spacesKeys: Line<Answer<readonly unknown[]> | undefined> = {
  number: 12,
  name: "spaces-keys",
  checks: "Spaces' keys can be listed, with media on Spaces",
  async ask(scene) {
    if (!storesOf(await scene.config()).spaces) return undefined;
    const client = await scene.digitalocean();
    return await scene.asked(() => readAll((client as Json).spaces.keys, "keys"));
  },
  judge(answer) {
    if (answer === undefined) return skip("no media is on Spaces");
    if (answer.kind === "value")
      return ok(`${answer.value.length} keys; DigitalOcean publishes no limit of them`);
    return answer.kind === "refused" && answer.status === 403
      ? fix("The token lacks spaces_key:read: no bucket of media can be made.", TOKENS_PAGE)
      : unknown(reasonOf(answer));
  },
};
