import { z } from "zod";

/** Creates the owner's account, without a password that anyone has seen. */

/**
 * Mastodon's own rule for local names (mastodon/mastodon `app/models/account.rb`, USERNAME_RE and
 * USERNAME_LENGTH_LIMIT).
 */
const NAME = /^[a-z0-9_]{1,30}$/u;

/**
 * A one-time link: prints the path of Devise's page for a new password, as the mail would
 * (`Devise::Models::Recoverable`).
 */
const LINK = `user = Account.find_local(ARGV[0])&.user
abort "There is no such account." if user.nil?
token = user.send(:set_reset_password_token)
puts "https://#{Rails.configuration.x.web_domain}/auth/password/edit?reset_password_token=#{token}"`;

/** `$0` is a name for messages, `$1` the account, `$2` its email address. */
const SCRIPT = `set -euo pipefail
if [ "$0" = create ]; then
  # The password that it makes is thrown away: only a link leaves here.
  bin/tootctl accounts create "$1" --email="$2" --confirmed --approve --role=Owner | { grep -v "^New password" || true; } >&2
fi
exec bundle exec rails runner '${LINK}' "$1"
`;

/** The task: create the account, or only a new link for an existing one. */
export type OwnerTask =
  | { readonly do: "create"; readonly name: string; readonly email: string }
  | { readonly do: "link"; readonly name: string };

/**
 * Script that runs in the pod. It prints only the link to its standard output.
 * @throws Error for a name or an email address that Mastodon would refuse.
 */
export function ownerCommand(task: OwnerTask): readonly string[] {
  if (!NAME.test(task.name))
    throw new Error(
      `"${task.name}" can't be an account's name: up to 30 lower-case letters, digits and underscores are allowed.`,
    );
  if (task.do === "create" && !z.email().safeParse(task.email).success)
    throw new Error(`"${task.email}" is no e-mail address, such as owner@example.social.`);
  return ["bash", "-c", SCRIPT, task.do, task.name, ...(task.do === "create" ? [task.email] : [])];
}
