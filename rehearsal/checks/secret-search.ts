/**
 * Looks for secrets in what a run left behind: state file, event log, ConfigMaps, the program's output. A secret counts as
 * found in any form in which it commonly travels. Pure.
 */

/** A secret by a name that may be printed. */
export interface NamedSecret {
  readonly name: string;
  readonly value: string;
}

/** A text to search, by a name that may be printed. */
export interface Haystack {
  readonly name: string;
  readonly text: string;
}

/** Shorter values occur by chance; the rehearsal makes none that short. */
const SHORTEST_CHARACTERS = 8;

/** The forms of a value to look for: as it is, in JSON, in a URL, in base64 (of a Secret's `data`), in hex. */
export function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, "utf8");
  const base64 = bytes.toString("base64");
  return [
    ...new Set([
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      base64,
      // Inside a longer encoded text the last group differs; what stands before it does not.
      base64.slice(0, Math.floor(bytes.length / 3) * 4),
      bytes.toString("hex"),
    ]),
  ].filter((form) => form.length >= SHORTEST_CHARACTERS);
}

/**
 * Every place where a secret stands in plain sight, as "NAME in PLACE".
 * @throws if a secret is too short to search for, or if there is nothing to search: such a check could not fail.
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
  return secrets.flatMap(({ name, value }) => {
    if (value.length < SHORTEST_CHARACTERS)
      throw new Error(
        `The secret ${name} has ${value.length} characters: too short to search for; make it at least ${SHORTEST_CHARACTERS}.`,
      );
    const forms = formsOf(value);
    return haystacks
      .filter(({ text }) => forms.some((form) => text.includes(form)))
      .map((haystack) => `${name} in ${haystack.name}`);
  });
}
