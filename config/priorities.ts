/**
 * Who goes first when room is short: what members wait for, then what works in the background, then what can wait for tomorrow. Without
 * it a nightly clean-up that came first would keep a web pod from its place. Pure.
 */
export const PRIORITIES = {
  serving: {
    name: "mastodon-serving",
    value: 1_000,
    what: "What members and other servers wait for",
  },
  background: { name: "mastodon-background", value: 500, what: "What works through queues" },
  upkeep: { name: "mastodon-upkeep", value: 100, what: "What can wait for tomorrow" },
} as const;

/** Name of a PriorityClass of this stack. */
export type PriorityName = (typeof PRIORITIES)[keyof typeof PRIORITIES]["name"];
