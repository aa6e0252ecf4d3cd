/** Parses the parts of a page that tests check. */

/** A tag with its attributes, in order of appearance. */
export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Tags that have no end. */
const VOID = new Set(["meta", "rect", "path", "circle", "link", "br", "img", "input"]);

/** Tags of a page. @throws Error if one has no matching end tag, or a character is not escaped. */
export function tagsOf(page: string): readonly Tag[] {
  const open: string[] = [];
  const tags: Tag[] = [];
  const text = page.replace(/^<!doctype html>/u, "").replaceAll(/<style>[^<]*<\/style>/gu, "");
  for (const piece of text.matchAll(/<(\/?)([a-z0-9]+)((?:\s+[\w:-]+="[^"<]*")*)\s*\/?>|[<>]/gu)) {
    const [whole, end, name, attributes = ""] = piece;
    if (name === undefined)
      throw new Error(`A raw "${whole}" in: ${text.slice(piece.index - 60, piece.index + 60)}`);
    if (end === "/") {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> ends <${last ?? "nothing"}>`);
      continue;
    }
    if (!VOID.has(name)) open.push(name);
    tags.push({
      name,
      attributes: Object.fromEntries(
        [...attributes.matchAll(/([\w:-]+)="([^"]*)"/gu)].map(([, key, value]) => [key, value]),
      ),
    });
  }
  if (open.length > 0) throw new Error(`Not closed: ${open.join(", ")}`);
  return tags;
}

/** Faults of a page that must work everywhere, a sentence each. */
export function pageFaults(page: string): readonly string[] {
  const tags = tagsOf(page);
  const named = (name: string): readonly Tag[] => tags.filter((tag) => tag.name === name);
  const levels = tags.flatMap(({ name }) => Number(/^h([1-6])$/u.exec(name)?.[1] ?? 0) || []);
  const ids = tags.flatMap(({ attributes }) => attributes["id"] ?? []);
  const labels = tags.flatMap(({ attributes }) => attributes["aria-labelledby"]?.split(" ") ?? []);
  return [
    ...(named("html")[0]?.attributes["lang"] === "en" ? [] : ["it names no language"]),
    ...(levels.filter((level) => level === 1).length === 1 ? [] : ["it has not one h1"]),
    ...levels.flatMap((level, at) =>
      level > (levels[at - 1] ?? 0) + 1 ? [`h${level} follows h${levels[at - 1] ?? 0}`] : [],
    ),
    ...["script", "link", "img", "iframe", "object", "base", "form"].flatMap((name) =>
      named(name).map(() => `it has a <${name}>`),
    ),
    ...tags.flatMap(({ name, attributes }) =>
      Object.keys(attributes)
        .filter((key) => key === "src" || key === "href" || key.startsWith("on"))
        .map((key) => `<${name}> has ${key}`),
    ),
    ...(/url\(|@import/u.test(page) ? ["its style loads something"] : []),
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `the id ${id} is there twice`),
    ...labels.filter((label) => !ids.includes(label)).map((label) => `nothing has the id ${label}`),
    ...(named("svg").length === named("title").length - 1 &&
    named("svg").length === named("desc").length
      ? []
      : ["a picture lacks title or description"]),
    ...(named("table").length === named("caption").length ? [] : ["a table lacks its caption"]),
    ...[...page.matchAll(/(<div class="scroll"[^>]*>)?<table>/gu)].flatMap(([, scroll]) =>
      scroll === undefined ? ["a table does not scroll inside itself"] : [],
    ),
  ];
}
