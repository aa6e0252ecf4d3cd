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

/** Encodings of a value to search for: plain, JSON, URL, base64 (of a Secret's `data`), hex. */
export function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, "utf8");
  return [
    ...new Set([
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      bytes.toString("base64"),
      bytes.toString("hex"),
    ]),
  ].filter((form) => form.length >= SHORTEST_CHARACTERS);
}

/**
 * The text, followed by its decoded base64 parts. A secret inside a longer encoded text (a
 * kubeconfig in a Secret) begins at any of three offsets, so its own base64 need not occur.
 */
function decoded(text: string): string {
  const runs = text.match(/[A-Za-z0-9+/]{16,}={0,2}/gu) ?? [];
  return [text, ...runs.map((run) => Buffer.from(run, "base64").toString("utf8"))].join("\n");
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
  const forms = secrets.map(({ name, value }) => ({ name, forms: formsOf(value) }));
  // One text at a time: the decoded texts of a long run do not fit into memory together.
  return haystacks.flatMap((haystack) => {
    const text = decoded(haystack.text);
    return forms
      .filter((secret) => secret.forms.some((form) => text.includes(form)))
      .map(({ name }) => `${name} in ${haystack.name}`);
  });
}
