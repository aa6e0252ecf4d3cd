import { format } from "prettier";
import { stringify } from "yaml";
import { configPage } from "./config-page.ts";
import { costSection, costSummary } from "./cost-table.ts";
import { editorSchema } from "./editor-schema.ts";
import { LEFT_OUT } from "../../config/upkeep.ts";
import { dashboard } from "../../config/observability/dashboard.ts";
import { ruleGroups } from "../../config/observability/rules.ts";
import { between, markdownTable } from "./markdown.ts";
import { projectFile } from "./project-file.ts";
import { secretsTable } from "./secrets-table.ts";
import { tokenTables } from "./token-permissions.ts";

/** A file that is made from the code, or has a part that is. */
export interface GeneratedFile {
  /** From the project's root. */
  readonly path: string;
  /** The whole file as it must be, given what it is; "" where there is none. */
  readonly generate: (before: string) => Promise<string>;
}

const WIDTH = { printWidth: 100 } as const;

/** Every one. A test sees to it that none is stale. */
export const GENERATED: readonly GeneratedFile[] = [
  {
    path: "docs/config.md",
    generate: () => format(configPage(), { parser: "markdown", ...WIDTH }),
  },
  {
    path: "docs/stack.schema.json",
    generate: () => format(JSON.stringify(editorSchema()), { parser: "json", ...WIDTH }),
  },
  {
    path: "Pulumi.yaml",
    generate: (before) => format(projectFile(before), { parser: "yaml", ...WIDTH }),
  },
  {
    path: "docs/secrets.md",
    generate: (before) =>
      format(
        between(
          before,
          "<!-- secrets, made by `npm run docs`: begin -->",
          "<!-- secrets: end -->",
          secretsTable(),
        ),
        { parser: "markdown", ...WIDTH },
      ),
  },
  {
    path: "docs/operate.md",
    generate: (before) =>
      format(
        between(
          before,
          "<!-- tokens, made by `npm run docs`: begin -->",
          "<!-- tokens: end -->",
          tokenTables(),
        ),
        { parser: "markdown", ...WIDTH },
      ),
  },
  {
    path: "README.md",
    generate: (before) =>
      format(
        between(
          before,
          "<!-- cost, made by `npm run docs`: begin -->",
          "<!-- cost: end -->",
          costSummary(),
        ),
        { parser: "markdown", ...WIDTH },
      ),
  },
  {
    path: "docs/cost.md",
    generate: (before) =>
      format(
        between(
          before,
          "<!-- cost, made by `npm run docs`: begin -->",
          "<!-- cost: end -->",
          costSection(),
        ),
        { parser: "markdown", ...WIDTH },
      ),
  },
  {
    path: "observability/rules.yaml",
    generate: () => format(stringify({ groups: ruleGroups() }), { parser: "yaml", ...WIDTH }),
  },
  {
    path: "observability/dashboard.json",
    generate: () => format(JSON.stringify(dashboard()), { parser: "json", ...WIDTH }),
  },
  {
    path: "docs/upkeep.md",
    generate: (before) =>
      format(
        between(
          before,
          "<!-- left out, made by `npm run docs`: begin -->",
          "<!-- left out: end -->",
          `\n${markdownTable(
            ["`tootctl`", "why not at night"],
            Object.entries(LEFT_OUT).map(([command, why]) => [`\`${command}\``, why]),
          )}\n`,
        ),
        { parser: "markdown", ...WIDTH },
      ),
  },
];
