import type { StackConfig } from "../../config/schema.ts";
import type { Level } from "./verdict.ts";

/**
 * Settings of Mastodon that members see. A rollout without an interruption can take passwords away.
 */

/** One effect that members notice, and its length. */
export interface Notice {
  readonly what: string;
  readonly howLong: string;
}

/** A setting that is on or off, and what members notice of a change. */
interface Setting {
  readonly isOn: (config: StackConfig) => boolean;
  readonly on: string;
  readonly off: string;
  /** The direction that takes something away on which members rely. Default: neither. */
  readonly loses?: "on" | "off";
}

const SIGN_IN = { oidc: "OpenID Connect", saml: "SAML", cas: "CAS", ldap: "LDAP" } as const;

/** All of them. The key of each in `config/keys` has the source of its effect. */
const SETTINGS: readonly Setting[] = [
  {
    isOn: ({ federation }) => federation.singleUser,
    on: "the front page is the first account's profile, and nobody can sign up",
    off: "the front page is the server's own, and people can sign up",
  },
  {
    isOn: ({ federation }) => federation.limited,
    on: "nothing arrives from servers that the admin page does not allow, and no page is public",
    off: "every server may send, and pages are public",
    loses: "on",
  },
  {
    isOn: ({ federation }) => federation.apiForMembersOnly,
    on: "who is not signed in sees no profile and no post",
    off: "who is not signed in sees profiles and posts",
  },
  {
    isOn: ({ mail }) => mail !== undefined,
    on: "mail goes out",
    off: "no mail goes out: nobody can confirm an address or reset a password",
    loses: "off",
  },
  {
    isOn: ({ search }) => search !== undefined,
    on: "members find posts, once the indices are filled",
    off: "members find accounts and hashtags only",
  },
  {
    isOn: ({ translation }) => translation !== undefined,
    on: "a button translates a post",
    off: "no button translates a post",
  },
  {
    isOn: ({ captcha }) => captcha !== undefined,
    on: "new members may be asked by hCaptcha",
    off: "new members are asked by no hCaptcha",
  },
  {
    isOn: ({ signIn }) => signIn?.only === true,
    on: "no password signs in",
    off: "passwords sign in",
    loses: "on",
  },
  ...Object.entries(SIGN_IN).map(([key, name]): Setting => ({
    isOn: ({ signIn }) => signIn?.[key as keyof typeof SIGN_IN] !== undefined,
    on: `members can sign in by ${name}`,
    off: `nobody signs in by ${name}`,
    loses: "off",
  })),
];

/**
 * Effects of the settings that change, and the level of the worst: 4 if it takes something away,
 * else 0.
 */
export interface Visible {
  readonly notices: readonly Notice[];
  readonly level: Level;
}

/** Nothing of it. */
export const NOT_SEEN: Visible = { notices: [], level: 0 };

/** Effects of the settings that differ between two configurations. */
export function visibleOf(
  before: StackConfig | undefined,
  after: StackConfig | undefined,
): Visible {
  if (before === undefined || after === undefined) return NOT_SEEN;
  const changed = SETTINGS.filter(({ isOn }) => isOn(before) !== isOn(after)).map((setting) => {
    const way = setting.isOn(after) ? "on" : "off";
    return { what: setting[way], loses: setting.loses === way };
  });
  return {
    notices: changed
      .toSorted((one, other) => Number(other.loses) - Number(one.loses))
      .map(({ what }) => ({ what, howLong: "from then on" })),
    level: changed.some(({ loses }) => loses) ? 4 : 0,
  };
}
