/**
 * Searches the files of a run for secrets: state file, event log, ConfigMaps, the program's output.
 * It finds a secret in any common encoding.
 */

/** A secret with a name that may be printed. */
export interface NamedSecret {
  readonly name: string;
  readonly value: string;
}

/** A text to search, with a name that may be printed. */
export interface Haystack {
  readonly name: string;
  readonly text: string;
}

/** Shorter values occur by chance; the rehearsal creates none that short. */
const SHORTEST_CHARACTERS = 8;

/**
 * Encodings of a value to search for: plain, JSON, URL, base64 (of a Secret's `data`), hex. Each is
 * also searched for inside a longer text in base64, such as a kubeconfig in a Secret.
 */
export function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, "utf8");
  const forms = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString("base64"),
    bytes.toString("hex"),
  ].filter((form) => form.length >= SHORTEST_CHARACTERS);
  return [...new Set([...forms, ...forms.flatMap(insideBase64)])];
}

/** Digits of base64 that a text before it decides, at least partly, by its length modulo 3. */
const DIGITS_BEFORE = [0, 2, 3];
const BITS_OF_DIGIT = 6;

/**
 * The digits of base64 that a part decides alone, at each of the three offsets that it may have in
 * the encoded text.
 */
function insideBase64(part: string): readonly string[] {
  return DIGITS_BEFORE.map((from, offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(part, "utf8")]);
    const whole = Math.floor((bytes.length * 8) / BITS_OF_DIGIT);
    return bytes.toString("base64").slice(from, whole);
  });
}

/**
 * Every place that contains a secret in readable form, as "NAME in PLACE".
 * @throws if a secret is too short to search for, or if there is nothing to search: such a check
 * could not fail.
 */
export function findSecrets(
  secrets: readonly NamedSecret[],
  haystacks: readonly Haystack[],
): readonly string[] {
  if (secrets.length === 0 || haystacks.length === 0)
    throw new Error("The search for secrets was given nothing to look for or nowhere to look.");
  for (const haystack of haystacks)
    if (haystack.text.length === 0)
      throw new Error(`The search for secrets was given an empty ${haystack.name}.`);
  const short = secrets.find(({ value }) => value.length < SHORTEST_CHARACTERS);
  if (short !== undefined)
    throw new Error(
      `The secret ${short.name} has ${short.value.length} characters: too short to search for; make it at least ${SHORTEST_CHARACTERS}.`,
    );
  const searched = new Search(
    secrets.flatMap(({ name, value }) => formsOf(value).map((form) => [form, name] as const)),
  );
  return haystacks.flatMap(({ name, text }) =>
    [...searched.in(text)].map((secret) => `${secret} in ${name}`),
  );
}

/** Characters by whose low bytes a form is looked up. */
const PREFIX = 3;

/**
 * Finds many forms in one pass, because a night's log has hundreds of megabytes. A table says for
 * every three characters whether a form begins with them.
 */
class Search {
  readonly #begins = new Uint8Array(1 << (8 * PREFIX));
  readonly #forms = new Map<number, (readonly [form: string, secret: string])[]>();

  /** @param forms each with the name of its secret; none shorter than {@link PREFIX}. */
  constructor(forms: readonly (readonly [form: string, secret: string])[]) {
    for (const form of forms) {
      const key = [0, 1, 2].reduce((sum, at) => (sum << 8) | (form[0].charCodeAt(at) & 0xff), 0);
      this.#begins[key] = 1;
      this.#forms.set(key, [...(this.#forms.get(key) ?? []), form]);
    }
  }

  /** Names of the secrets of which the text has a form. */
  in(text: string): ReadonlySet<string> {
    const found = new Set<string>();
    let key = 0;
    for (let at = 0; at < text.length; at += 1) {
      key = ((key << 8) | (text.charCodeAt(at) & 0xff)) & 0xff_ff_ff;
      if (this.#begins[key] === 0) continue;
      for (const [form, secret] of this.#forms.get(key) ?? [])
        if (text.startsWith(form, at - PREFIX + 1)) found.add(secret);
    }
    return found;
  }
}
