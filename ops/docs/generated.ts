import { format } from "prettier";
import { stringify } from "yaml";
import { bundledProgram, encryptProgram } from "../backup/encrypt/bundle.ts";
import { LINES } from "../doctor/all.ts";
import { nightsList } from "./bad-night.ts";
import { configPage } from "./config-page.ts";
import { costSection, costSummary } from "./cost-table.ts";
import { editorSchema } from "./editor-schema.ts";
import { LEFT_OUT } from "../../domain/upkeep.ts";
import { dashboard } from "../../observability/dashboard.ts";
import { ruleGroups } from "../../observability/rules.ts";
import { markdownTable, withParts } from "./markdown.ts";
import { packRulesTable, stepRulesTable } from "./policies-table.ts";
import { projectFile } from "./project-file.ts";
import { secretsTable } from "./secrets-table.ts";
import { tokenTables } from "./token-permissions.ts";

/** A file that is generated from the code, in whole or in part. */
export interface GeneratedFile {
  /** Path from the project's root. */
  readonly path: string;
  /** Returns the whole new text from the current one, which is "" if there is no file. */
  readonly generate: (before: string) => Promise<string>;
}

const WIDTH = { printWidth: 100 } as const;

/** All generated files. `test/docs/fresh.test.ts` refuses a stale one. */
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
  part("docs/secrets.md", "secrets", secretsTable),
  part("docs/operate.md", "tokens", tokenTables),
  part("docs/doctor.md", "lines", doctorTable),
  {
    path: "docs/policies.md",
    generate: (before) => withParts(before, { plan: packRulesTable(), steps: stepRulesTable() }),
  },
  part("docs/bad-night.md", "nights", nightsList),
  part("README.md", "cost", costSummary),
  part("docs/cost.md", "cost", costSection),
  {
    path: "observability/rules.yaml",
    generate: () => format(stringify({ groups: ruleGroups() }), { parser: "yaml", ...WIDTH }),
  },
  {
    path: "observability/dashboard.json",
    generate: () => format(JSON.stringify(dashboard()), { parser: "json", ...WIDTH }),
  },
  {
    path: "k8s/backup/encrypt-program.json",
    generate: async () => format(await encryptProgram(), { parser: "json", ...WIDTH }),
  },
  {
    path: "k8s/restore/decrypt-program.json",
    generate: async () =>
      format(await bundledProgram("ops/restore/decrypt/program.ts", []), {
        parser: "json",
        ...WIDTH,
      }),
  },
  part("docs/upkeep.md", "left out", () =>
    markdownTable(
      ["`tootctl`", "why not at night"],
      Object.entries(LEFT_OUT).map(([command, why]) => [`\`${command}\``, why]),
    ),
  ),
];

/** The lines of `npm run doctor`. */
function doctorTable(): string {
  return markdownTable(
    ["", "line", "checks"],
    LINES.map(({ number, name, checks }) => [String(number), `\`${name}\``, checks]),
  );
}

/** A page of which one part is generated. */
function part(path: string, name: string, make: () => string): GeneratedFile {
  return { path, generate: (before) => withParts(before, { [name]: make() }) };
}
