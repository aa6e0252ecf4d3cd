/** Type of a row of the table of secrets (`all.ts`). */

/** Readers of a secret: Mastodon's own processes, or the cloud that it is passed to. */
export type SecretReader =
  "web" | "sidekiq" | "jobs" | "restore" | "backup" | "Cloudflare" | "DigitalOcean";

/** Recipe by which `npm run secrets -- init` makes a secret, or its other source. */
export type SecretRecipe =
  /** Random bytes in hex digits, two a byte. */
  | { readonly kind: "hex"; readonly bytes: number }
  /** Random letters and digits, as Ruby's `SecureRandom.alphanumeric` creates them. */
  | { readonly kind: "alphanumeric"; readonly length: number }
  /** Random bytes in base64. */
  | { readonly kind: "base64"; readonly bytes: number }
  /** One half of a P-256 pair in URL-safe base64. The two rows of a pair are created together. */
  | { readonly kind: "vapid"; readonly half: "private" | "public" }
  /** From another source; the operator sets it. */
  | { readonly kind: "given"; readonly by: string };

/** A setting that makes a secret needed. With neither property, it is needed if the key is set. */
export interface NeededWhere {
  /** Config key, dots for depth: `mail.authentication`. */
  readonly key: string;
  readonly is?: boolean;
  readonly isNot?: string;
}

/** One secret. */
export interface SecretRow {
  /** Config key, below `mastodon:`. */
  readonly key: string;
  /** Variable in which its readers in the cluster read it; undefined if none of them does. */
  readonly env: string | undefined;
  /** Setting that makes a stack need it; "always": every stack does. */
  readonly needed: "always" | NeededWhere;
  /** Description in a few words. */
  readonly what: string;
  /**
   * Accepted form: everything that its readers accept, because a migrated server brings keys of
   * other origin.
   */
  readonly format: { readonly pattern: RegExp; readonly words: string };
  readonly recipe: SecretRecipe;
  /**
   * "never": nothing may change it, not even on purpose. "rotatable": `rotate` changes it, at the
   * price in `changed`.
   */
  readonly change: "never" | "rotatable";
  /** Consequence of its loss, as a sentence. */
  readonly lost: string;
  /** Consequence of a change, as a sentence. */
  readonly changed: string;
  readonly readers: readonly SecretReader[];
}

/** Whether a process of Mastodon reads it: only then an older server has it, too. */
export function isMastodons({ readers }: Pick<SecretRow, "readers">): boolean {
  return readers.some((reader) => ["web", "sidekiq", "jobs"].includes(reader));
}

/** Condition under which a secret is needed, to be read after "needed". */
export function neededWords({ needed }: Pick<SecretRow, "needed">): string {
  if (needed === "always") return needed;
  const { key, is, isNot } = needed;
  return `where ${key} is ${isNot === undefined ? (is ?? "set") : `not ${isNot}`}`;
}
