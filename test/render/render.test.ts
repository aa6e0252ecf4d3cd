import { parseAllDocuments } from "yaml";
import { expect, test } from "vitest";
import { SECRET_MARK } from "../../plan/answers.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { MASK, renderObjects } from "../../plan/render.ts";

const plan = await planStack();
const rendered = renderObjects(plan);

interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

const documents = parseAllDocuments(rendered);
const objects = documents.map((document) => document.toJS() as Rendered);

test("no secret is printed, and each is seen to be there", () => {
  expect(rendered).not.toContain(SECRET_MARK);
  const secrets = objects.filter(({ kind }) => kind === "Secret");
  expect(secrets).toHaveLength(7);
  const values = secrets.flatMap(({ stringData }) => Object.entries(stringData ?? {}));
  expect(values.map(([key]) => key)).toContain("SECRET_KEY_BASE");
  // The certificate in it is public, but every value of a Secret is masked.
  expect(values.filter(([, value]) => value !== MASK)).toEqual([]);
});

test("the output is valid YAML without aliases, every object with version, kind and metadata first", () => {
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  expect(rendered).not.toMatch(/^\s*[^#\s].*: [&*]a\d+$/mu);
  for (const object of objects)
    expect(Object.keys(object).slice(0, 3)).toEqual(["apiVersion", "kind", "metadata"]);
});

test("every Kubernetes object of the plan is shown, of every kind", () => {
  const planned = plan.resources.filter(({ type }) => type.startsWith("kubernetes:"));
  expect(objects).toHaveLength(planned.length);
  const kinds = (all: readonly string[]): readonly string[] => [...new Set(all)].sort();
  expect(kinds(objects.map(({ kind }) => kind))).toEqual(
    kinds(planned.map(({ type }) => type.split(":").at(-1) ?? "")),
  );
  expect(kinds(objects.map(({ kind }) => kind)).length).toBeGreaterThan(8);
});

test("two renderings of one stack are the same text, whatever was registered first: a diff shows changes only", async () => {
  const backwards: Plan = { ...plan, resources: [...plan.resources].reverse() };
  expect(renderObjects(backwards)).toBe(rendered);
  expect(renderObjects(await planStack())).toBe(rendered);
});
