import { SECRETS } from "../../config/secret-keys/all.ts";
import { neededWords, type SecretRecipe, type SecretRow } from "../../config/secret-keys/row.ts";
import { markdownTable } from "./markdown.ts";

/**
 * The table of `docs/secrets.md`: every secret, its form, its readers, and what is lost with it.
 */
export function secretsTable(): string {
  return markdownTable(
    [
      "`mastodon:` and in Mastodon",
      "what it is",
      "who reads it",
      "made as",
      "what dies if it is lost",
      "to change it",
    ],
    SECRETS.map((row: SecretRow) => [
      row.env === undefined ? `\`${row.key}\`` : `\`${row.key}\`<br>\`${row.env}\``,
      `${sentence(row.what)} Form: ${row.format.words}.${row.needed === "always" ? "" : ` Needed only ${neededWords(row)}.`}`,
      row.readers.join(", "),
      recipeText(row.recipe),
      row.lost,
      changeText(row),
    ]),
  );
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function recipeText(recipe: SecretRecipe): string {
  switch (recipe.kind) {
    case "hex":
      return `${recipe.bytes} random bytes in hex`;
    case "base64":
      return `${recipe.bytes} random bytes in base64`;
    case "alphanumeric":
      return `${recipe.length} random letters and digits`;
    case "vapid":
      return `the ${recipe.half} half of one P-256 pair`;
    case "given":
      return `comes from ${recipe.by}`;
  }
}

function changeText(row: SecretRow): string {
  if (row.change === "never") return "**Never.**";
  const how =
    row.recipe.kind === "given"
      ? `\`pulumi config set --secret mastodon:${row.key}\``
      : `\`npm run secrets -- rotate ${row.key}\``;
  return `${how}. ${row.changed}`;
}
