import type { NIGHTS } from "../rebuild/times.ts";
import { minutesOfNight } from "../rebuild/times.ts";

/** The nights of `docs/bad-night.md`, in lines that fit a phone. */

/** One night as a tired person looks it up. */
interface NightEntry {
  readonly title: string;
  /** Lines to type. */
  readonly typed: readonly string[];
  /** Its times; undefined where nothing is to be done but to wait. */
  readonly night?: keyof typeof NIGHTS;
  /** Undefined where nothing is lost; the head of the page explains that. */
  readonly lost?: string;
}

const ENTRIES: readonly NightEntry[] = [
  {
    title: "The cluster is deleted",
    typed: ["npm run rebuild -- cluster"],
    night: "cluster",
  },
  {
    title: "Its node pool is deleted",
    typed: ["npm run rebuild -- cluster"],
    night: "pool",
  },
  {
    title: "The database is deleted (5 GB)",
    typed: ["npm run rebuild -- database"],
    night: "dump",
    lost: "what the newest dump has not",
  },
  {
    title: "Rows are wrong since some hour",
    typed: ["npm run rebuild -- database", "npm run rebuild -- database --cluster ID"],
    night: "fork",
    lost: "what came after that hour",
  },
  {
    title: "Some accounts are gone",
    typed: [
      "npm run db -- beside load DUMP",
      "npm run db -- beside bring NAME",
      "npm run db -- beside drop",
    ],
    night: "accounts",
    lost: "what they wrote after it; others stay",
  },
  {
    title: "Valkey is deleted",
    typed: ["npm run rebuild -- database"],
    night: "valkey",
    lost: "jobs that waited",
  },
  {
    title: "Tunnel, records, media host deleted",
    typed: ["npm run rebuild -- edge"],
    night: "edge",
  },
  {
    title: "DigitalOcean lost the region",
    typed: ["npm run rebuild -- region --to ams3"],
    night: "region",
    lost: "what the newest dump has not, jobs",
  },
  {
    title: "DigitalOcean closed the account",
    typed: ["npm run rebuild -- account"],
    night: "account",
    lost: "what the newest dump has not, jobs",
  },
  {
    title: "State lost, or an update cut off",
    typed: ["npm run rebuild -- state"],
    night: "state",
  },
];

/** The generated part: each night with its lines, minutes and loss. */
export function nightsList(): string {
  return ENTRIES.map(({ title, typed, night, lost }) =>
    [
      `- **${title}**${night === undefined ? "" : `, ${minutesOfNight(night)} min`}:`,
      ...typed.map((line) => `  \`${line}\``),
      ...(lost === undefined ? [] : [`  Lost: ${lost}.`]),
    ].join("\n"),
  ).join("\n");
}
