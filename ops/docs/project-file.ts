import { parseDocument } from "yaml";
import { profileGives } from "../../config/defaults.ts";
import { NAMESPACE } from "../../input/namespaces.ts";
import { StackConfigSchema } from "../../config/schema.ts";
import { nodeOf } from "../../config/describe.ts";

/**
 * Returns `Pulumi.yaml` with its declarations of keys and, if it has one, the template for `pulumi
 * new`. In a project that `pulumi new` created, the CLI has removed the template and added a key
 * (seen with 3.259.0). Both stay so.
 */
export function projectFile(before: string): string {
  const document = parseDocument(before);
  const { config = {} } = document.toJS() as {
    readonly config?: Readonly<Record<string, unknown>>;
  };
  const own = Object.entries(config).filter(([key]) => key.startsWith("pulumi:"));
  document.set("config", document.createNode({ ...declarations(), ...Object.fromEntries(own) }));
  if (document.has("template")) document.set("template", document.createNode(template()));
  return document.toString({ lineWidth: 0 });
}

/**
 * Declares only the keys that every stack must have. Pulumi refuses a stack without a declared key.
 * A default here would reach the program as if the operator had set it.
 */
function declarations(): Readonly<Record<string, unknown>> {
  const { properties = {}, required = [] } = nodeOf(StackConfigSchema);
  return Object.fromEntries(
    required
      .filter((key) => key === "cluster" || !profileGives([key]))
      .map((key) => [
        key,
        { type: properties[key]?.type ?? "string", description: descriptionOf(key) },
      ]),
  );
}

/**
 * Keys that `pulumi new` asks for, with the proposed values. Each is a string, because it can't ask
 * for an object. The template contains the rest of the stack file as `Pulumi.prod.yaml`.
 */
const ASKED: Readonly<Record<string, string | undefined>> = {
  domain: undefined,
  webDomain: undefined,
  region: "nyc3",
  profile: "solo",
};

/** Text that `pulumi new` prints at the end. */
const QUICKSTART = `Next, in Pulumi.prod.yaml: put Cloudflare's two ids in the place of the placeholders.
Then: npm run secrets -- init, npm run look, npm run preview.
Every step: docs/operate.md. Three other stack files to begin with: examples/.
`;

/**
 * The template's section
 * (https://www.pulumi.com/docs/iac/guides/building-extending/creating-templates/).
 */
function template(): Readonly<Record<string, unknown>> {
  return {
    displayName: "Mastodon on DigitalOcean",
    description: "A Mastodon server on DigitalOcean, behind Cloudflare",
    quickstart: QUICKSTART,
    config: Object.fromEntries(
      Object.entries(ASKED).map(([key, proposed]) => [
        `${NAMESPACE}:${key}`,
        {
          description: descriptionOf(key),
          ...(proposed === undefined ? {} : { default: proposed }),
        },
      ]),
    ),
  };
}

/** Description of a key for a terminal. */
function descriptionOf(key: string): string {
  const { properties = {} } = nodeOf(StackConfigSchema);
  return (properties[key]?.description ?? "").replaceAll(/[`*]/gu, "");
}
