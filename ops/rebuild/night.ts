import type { Facts, Kind, Seen } from "./facts.ts";

/** The night that the facts show. */

/** Parts of the command that bring something back. */
export const PARTS = [
  "cluster",
  "database",
  "region",
  "account",
  "state",
  "edge",
  "orphans",
] as const;

/** One of those parts. */
export type Part = (typeof PARTS)[number];

/** The result of a diagnosis. */
export type Night =
  | { readonly word: "nothing"; readonly why: string }
  | { readonly word: "wait"; readonly why: string; readonly toDo: readonly string[] }
  | {
      readonly word: "night";
      readonly part: Part;
      readonly why: string;
      /** Whether the server lives all the while. */
      readonly isUp: boolean;
    };

/** Page of DigitalOcean's incidents. */
const STATUS_PAGE = "https://status.digitalocean.com";

/**
 * Names the night. Only a thing that is surely gone leads to work. An unknown one that the work
 * depends on stops it, because an outage must never count as a loss.
 */
export function nightOf(facts: Facts): Night {
  return (
    stateNight(facts) ??
    unknownToken(facts) ??
    lossNight(facts) ??
    smallNight(facts) ??
    outageNight(facts) ?? {
      word: "nothing",
      why: `Nothing is lost. ${facts.domain} has all that its last update left.`,
    }
  );
}

/** Faults of the state come first: everything else is known by it. */
function stateNight({ state, stack }: Facts): Night | undefined {
  if (state.word === "unknown")
    return {
      word: "wait",
      why: `Whether the state of ${stack} is there is not known: ${state.reason}.`,
      toDo: ["Fix the reason, or wait, and run this again."],
    };
  if (state.word !== "there")
    return {
      word: "night",
      part: "state",
      isUp: true,
      why: `The state of ${stack} is ${state.word}: ${state.why}. The server does not need it to serve.`,
    };
  if (state.locks.length > 0)
    return {
      word: "wait",
      why: `An update is at work, or was killed: the stack is locked by ${state.locks.join("; ")}.`,
      toDo: [
        "If it runs: wait for its end.",
        `If its process has ended: pulumi cancel --stack ${stack}, then run this again.`,
      ],
    };
  if (state.pending > 0)
    return {
      word: "night",
      part: "state",
      isUp: true,
      why: `The last update was cut off, and ${state.pending} of its operations are pending.`,
    };
  return undefined;
}

/** A token of another account sees none of this stack, and each answer of it is worthless. */
function unknownToken({ token, things, stack }: Facts): Night | undefined {
  if (token.word === "gone")
    return {
      word: "night",
      part: "state",
      isUp: true,
      why: `The state of ${stack} has forgotten its network, by which the right account is known. A refresh with another account's token does that. If DigitalOcean has closed the account: npm run rebuild -- account.`,
    };
  if (token.word !== "refused" || !things.some(isAt("DigitalOcean"))) return undefined;
  return {
    word: "wait",
    why: `DigitalOcean can't be asked about ${stack}: ${token.reason}.`,
    toDo: [
      "Export the token of the right account as DIGITALOCEAN_TOKEN and DIGITALOCEAN_ACCESS_TOKEN.",
      "Only if DigitalOcean has closed the account: npm run rebuild -- account",
    ],
  };
}

/** Losses that close the server. */
function lossNight(facts: Facts): Night | undefined {
  const { domain } = facts;
  const postgres = wordOf(facts, "postgres");
  const [lost] = facts.things.filter((each) => each.presence.word === "gone").map(nameOf);
  if (lost === undefined) return undefined;
  if (postgres === "gone")
    return {
      word: "night",
      part: "database",
      isUp: false,
      why: `The database ${namesOf(facts, "postgres")} is gone, and with it DigitalOcean's backups of it. ${domain} is brought back from a dump.`,
    };
  if (postgres === "unknown")
    return {
      word: "wait",
      why: `${lost} is gone, but whether the database lives is not known: ${reasonOf(facts, "postgres")}.`,
      toDo: [
        `Wait, look at ${STATUS_PAGE}, and run this again.`,
        "Only if DigitalOcean says that the region is lost: npm run rebuild -- region",
      ],
    };
  for (const kind of ["cluster", "pool"] as const)
    if (wordOf(facts, kind) === "gone")
      return {
        word: "night",
        part: "cluster",
        isUp: false,
        why: `${namesOf(facts, kind)} is gone, and the data lives. Nothing is lost.`,
      };
  if (wordOf(facts, "valkey") === "gone")
    return {
      word: "night",
      part: "database",
      isUp: false,
      why: `Valkey ${namesOf(facts, "valkey")} is gone: its jobs and feeds are lost, the posts are not.`,
    };
  const edge = facts.things.filter(
    ({ kind, presence }) => EDGE.includes(kind) && presence.word === "gone",
  );
  if (edge.length === 0) return undefined;
  return {
    word: "night",
    part: "edge",
    isUp: false,
    why: `At Cloudflare is gone: ${edge.map(nameOf).join(", ")}. Cluster and data live. ${
      edge.some(({ kind }) => kind === "bucket")
        ? "The files of a bucket that is gone come back from the second store alone."
        : "Nothing is lost."
    }`,
  };
}

/** Things that exist, and that the next update would make a second time. */
function smallNight({ things, leftOvers = [] }: Facts): Night | undefined {
  const forgotten = things.filter(({ isForgotten }) => isForgotten === true);
  if (forgotten.length > 0)
    return {
      word: "night",
      part: "state",
      isUp: true,
      why: `The state has forgotten what exists: ${forgotten.map(nameOf).join(", ")}. A refresh with another token, or during an outage, does that.`,
    };
  return leftOvers.length === 0
    ? undefined
    : {
        word: "night",
        part: "orphans",
        isUp: true,
        why: `Billed for this stack, and in no state: ${leftOvers.join(", ")}.`,
      };
}

/** Everything that was asked exists, and yet something does not answer. */
function outageNight(facts: Facts): Night | undefined {
  const unknown = facts.things.filter(({ presence }) => presence.word === "unknown");
  const api = unknown.find(({ kind }) => kind === "api");
  if (api !== undefined && wordOf(facts, "cluster") === "there")
    return {
      word: "wait",
      why: `The cluster is there, but its API does not answer: ${reasonIn(api)}. That is an outage, not a loss.`,
      toDo: [
        `Wait, and run this again: it says when the API is back. ${STATUS_PAGE}`,
        "Don't set PULUMI_K8S_DELETE_UNREACHABLE: it would forget objects that go on running.",
      ],
    };
  if (unknown.length > 0)
    return {
      word: "wait",
      why: `Not known, so nothing is concluded: ${unknown
        .map((each) => `${nameOf(each)} (${reasonIn(each)})`)
        .join("; ")}.`,
      toDo: [
        `Fix the reason, or wait, and run this again. ${STATUS_PAGE}`,
        "Only if DigitalOcean says that the region is lost: npm run rebuild -- region",
      ],
    };
  if (facts.outside.word === "there") return undefined;
  return {
    word: "wait",
    why: `All that the last update left is there, and yet ${facts.domain} does not answer a visitor${
      facts.outside.word === "unknown" ? `: ${facts.outside.reason}` : ""
    }.`,
    toDo: ['Nothing is to be rebuilt. Look at its pods: docs/runbook.md, "Errors".'],
  };
}

const EDGE: readonly Kind[] = ["tunnel", "record", "host", "bucket"];

/** The cloud of a kind. */
export function cloudOf(kind: Kind): "DigitalOcean" | "Cloudflare" {
  return EDGE.includes(kind) ? "Cloudflare" : "DigitalOcean";
}

const isAt =
  (cloud: "DigitalOcean" | "Cloudflare") =>
  ({ kind }: Seen): boolean =>
    cloudOf(kind) === cloud;

/** The worst word of a kind: gone before unknown before there. Undefined if there is none. */
function wordOf({ things }: Facts, kind: Kind): "there" | "gone" | "unknown" | undefined {
  const words = things.filter((each) => each.kind === kind).map(({ presence }) => presence.word);
  return (["gone", "unknown", "there"] as const).find((word) => words.includes(word));
}

/** Names of those of a kind that are gone. */
function namesOf({ things }: Facts, kind: Kind): string {
  return things
    .filter((each) => each.kind === kind && each.presence.word === "gone")
    .map(({ name }) => name)
    .join(", ");
}

function reasonOf({ things }: Facts, kind: Kind): string {
  const found = things.find((each) => each.kind === kind && each.presence.word === "unknown");
  return found === undefined ? "it was not asked" : reasonIn(found);
}

function reasonIn({ presence }: Seen): string {
  return presence.word === "unknown" ? presence.reason : presence.word;
}

/** A thing in words: `cluster cluster-doks-1`. */
export function nameOf({ kind, name }: Seen): string {
  return `${LABELS[kind]} ${name}`;
}

const LABELS: Readonly<Record<Kind, string>> = {
  cluster: "cluster",
  pool: "node pool",
  api: "API of",
  postgres: "Postgres",
  valkey: "Valkey",
  tunnel: "tunnel",
  record: "record",
  host: "media host",
  bucket: "bucket",
};
