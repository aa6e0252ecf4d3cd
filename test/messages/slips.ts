/**
 * The stack file to which the slips are applied. It is valid, has sizes of a profile, and nothing
 * from a template.
 */
export const RIGHT = `config:
  mastodon:profile: medium
  mastodon:domain: my.social
  mastodon:webDomain: my.social
  mastodon:region: nyc3
  mastodon:cluster:
    version: 1.35.1-do.6
  mastodon:web:
    workers: 2
    threads: 8
  mastodon:media:
    storage: r2
  mastodon:alerts:
    emails: [ops@my.social]
  mastodon:cloudflare:
    accountId: "6d1f0a3c5b7e9d2f4a6c8e0b1d3f5a7c"
    zoneId: "b7e9d2f4a6c8e0b1d3f5a7c6d1f0a3c5"
`;

/**
 * Sidekiq's groups with a misspelt queue, and with the name that other software uses for a group's
 * threads.
 */
const GROUPS = `  mastodon:sidekiq:
    - { name: default, queues: [default, mailers], replicas: 1, concurrency: 20 }
    - { name: federation, queues: [psuh, pull, ingress, fasp], replicas: 1, threads: 25 }
    - { name: scheduler, queues: [scheduler], replicas: 1, concurrency: 5 }
`;

/**
 * A slip of an operator: the replacement in the file, and codes and keys of the expected faults.
 * None: accepted.
 */
export interface Slip {
  readonly what: string;
  readonly text: string;
  readonly faults: readonly (readonly [code: string, key: string])[];
}

/** Replaces a text that must exist. */
function slip(
  what: string,
  from: string,
  to: string,
  ...faults: readonly (readonly [code: string, key: string])[]
): Slip {
  if (!RIGHT.includes(from)) throw new Error(`There is no "${from}" in the file.`);
  return { what, text: RIGHT.replace(from, to), faults };
}

function added(
  what: string,
  lines: string,
  ...faults: readonly (readonly [code: string, key: string])[]
): Slip {
  return { what, text: RIGHT + lines, faults };
}

/**
 * Slips that make the file invalid YAML. Pulumi's own parser refuses most of them before the
 * program starts, with its own message.
 */
export const NOT_YAML: readonly Slip[] = [
  slip("a tab", "    workers: 2", "\tworkers: 2"),
  added("a key twice", "  mastodon:region: fra1\n"),
  added("a key twice, once without its namespace", "  region: fra1\n"),
  slip("a missing colon", "mastodon:region: nyc3", "mastodon:region nyc3"),
  slip("a missing colon after a key with keys below it", "mastodon:web:", "mastodon:web"),
  slip("a colon without a space", "mastodon:region: nyc3", "mastodon:region:nyc3"),
  slip("a line indented too far", "    threads: 8", "      threads: 8"),
  slip("a line not indented enough", "    threads: 8", "   threads: 8"),
  slip("a bracket left open", "[ops@my.social]", "[ops@my.social"),
  slip("a quote left open", '3c5"\n', "3c5\n"),
  slip("a value that begins with @", "domain: my.social", "domain: @my.social"),
  slip("an alias of nothing", "region: nyc3", "region: *nyc3"),
  slip("a key beside config", "config:\n", "mastodon:members: 500\nconfig:\n"),
  slip("no config", "config:\n", ""),
];

/** Slips in valid YAML, numbered as in the project's list of typing mistakes. */
export const SLIPS: readonly Slip[] = [
  slip("1: webDomian", "webDomain", "webDomian", ["misspelt", "webDomian"]),
  slip("2: mastadon:region", "mastodon:region", "mastadon:region", [
    "unknown-namespace",
    "mastadon:region",
  ]),
  slip("5: profile: mid", "profile: medium", "profile: mid", ["wrong-value", "profile"]),
  slip("6: an address for a domain", "domain: my.social", "domain: https://my.social/", [
    "wrong-value",
    "domain",
  ]),
  slip("7: a handle for a domain", "domain: my.social", 'domain: "@My.Social"', [
    "wrong-value",
    "domain",
  ]),
  slip("8: a number in quotes below a key", "workers: 2", 'workers: "2"', [
    "wrong-value",
    "web.workers",
  ]),
  added(
    "a number in quotes at the top, as pulumi config set writes it",
    '  mastodon:members: "500"\n',
  ),
  slip("10: alerts.email", "emails:", "email:", ["unknown-key", "alerts.email"]),
  slip("22: web.thread", "threads: 8", "thread: 8", ["unknown-key", "web.thread"]),
  slip("11: emails as a text", "[ops@my.social]", "ops@my.social", [
    "wrong-value",
    "alerts.emails",
  ]),
  slip("12: a short accountId", "6d1f0a3c5b7e9d2f4a6c8e0b1d3f5a7c", "6d1f0a3c5b7e9d2f", [
    "wrong-value",
    "cloudflare.accountId",
  ]),
  slip(
    "13: an accountId of digits without quotes",
    '"6d1f0a3c5b7e9d2f4a6c8e0b1d3f5a7c"',
    "12345678901234567890123456789012",
    ["wrong-value", "cloudflare.accountId"],
  ),
  slip("15: version: 1.35", "1.35.1-do.6", "1.35", ["wrong-value", "cluster.version"]),
  slip("16: storage: s3", "storage: r2", "storage: s3", ["wrong-value", "media.storage"]),
  slip("17: 64 threads", "threads: 8", "threads: 64", ["wrong-value", "web.threads"]),
  added("18: mail without from", "  mastodon:mail:\n    server: smtp.my.social\n", [
    "missing",
    "mail.from",
  ]),
  slip(
    "21: a web domain in another zone",
    "webDomain: my.social",
    "webDomain: social.example.org",
    ["zone-unknown", "cloudflare.zone"],
  ),
  slip("23: a value one level too high", "    emails:", "  emails:", [
    "one-level-too-high",
    "emails",
  ]),
  slip("24: web.replicas: 20", "    workers: 2", "    replicas: 20\n    workers: 2"),
  added("27: a secret in the clear", "  mastodon:secretKeyBase: hunter2hunter2hunter2\n", [
    "secret-in-the-clear",
    "secretKeyBase",
  ]),
  added("28: mastodon:images", "  mastodon:images: { mastodon: x }\n", [
    "elsewhere",
    "images.mastodon",
  ]),
  added(
    "29: a misspelt queue, and threads in a group",
    GROUPS,
    ["wrong-value", "sidekiq.1.queues.0"],
    ["elsewhere", "sidekiq.1.threads"],
  ),
  added("30: yes for true", "  mastodon:upkeep:\n    enabled: yes\n", [
    "wrong-value",
    "upkeep.enabled",
  ]),
  added("a cloud's token in the clear", "  digitalocean:token: dop_v1_0123456789\n", [
    "credential-in-the-clear",
    "digitalocean:token",
  ]),
  slip("no namespace, which is the project's", "mastodon:region", "region"),
];

/** Slips that rules other than the schema's refuse. Both readers must agree on the result. */
export const JUDGED: readonly Slip[] = [
  slip("3: region: nyc4", "nyc3", "nyc4"),
  slip("4: region: blr2", "nyc3", "blr2"),
  slip("26: the template's domain", "domain: my.social", "domain: example.social"),
  slip(
    "25: three at once",
    "region: nyc3",
    "region: nyc4\n  mastodon:webDomian: x\n  mastodon:members: many",
  ),
];

/**
 * Values that were not filled in: a preview refuses them, while `npm run render` shows the
 * template.
 */
export const UNFILLED: readonly Slip[] = [
  slip("14: the template's ids", "6d1f0a3c5b7e9d2f4a6c8e0b1d3f5a7c", "0".repeat(32)),
];
