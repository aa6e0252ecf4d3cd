import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

/** Lint rules for faults that the compiler can't see and a review should not have to find. */
export default tseslint.config(
  { ignores: ["node_modules/", "rehearsal/out/"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "@pulumi": pulumi },
    rules: {
      // An Output in a template literal becomes the text "Calling [toString] on an [Output<T>]…"
      // inside a resource.
      "@pulumi/no-output-in-template-literal": "error",
      "@pulumi/no-output-instance-in-template-literal": "error",
      // A promise that is not awaited is a resource that may be missing, or an error that is not
      // reported.
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      // `const { secret, ...rest } = all` removes a key from an object.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "no-console": "off",
    },
  },
  {
    // Only the entry reads the environment; other files get the configuration as values.
    files: [
      "facts/**/*.ts",
      "config/**/*.ts",
      "domain/**/*.ts",
      "input/**/*.ts",
      "observability/**/*.ts",
      "infra/**/*.ts",
      "k8s/**/*.ts",
      "cdn/**/*.ts",
      "stack/**/*.ts",
    ],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Take it from config/." },
      ],
    },
  },
  {
    // Only one file asks Pulumi for the configuration. A key that another file reads would be in no
    // schema, so a typo in it would not be reported.
    files: [
      "facts/**/*.ts",
      "config/**/*.ts",
      "domain/**/*.ts",
      "input/**/*.ts",
      "observability/**/*.ts",
      "infra/**/*.ts",
      "k8s/**/*.ts",
      "cdn/**/*.ts",
      "stack/**/*.ts",
      "*.ts",
    ],
    ignores: ["input/load.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "NewExpression[callee.property.name='Config'], NewExpression[callee.name='Config']",
          message: "Take it from config/.",
        },
      ],
    },
  },
);
