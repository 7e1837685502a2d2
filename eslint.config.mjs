import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", "dist/", "sandbox/tools/"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      eqeqeq: "error",
      // The package roots of the providers are 1.8 million lines of types: they cost seconds at every start.
      "no-restricted-imports": [
        "error",
        {
          paths: ["@pulumi/kubernetes", "@pulumi/aws", "@pulumi/gcp", "cdk8s-plus-28"].map((name) => ({
            name,
            message: "Import the module you need, such as @pulumi/kubernetes/core/v1/configMap.",
          })),
        },
      ],
    },
  },
  {
    files: ["lib/deploy/**/*.ts", "index.ts"],
    plugins: { "@pulumi": pulumi },
    rules: { "@pulumi/no-output-in-template-literal": "error" },
  },
  {
    // What jest gives is loosely typed, and a test that fails on a missing value says enough.
    files: ["tests/**/*.ts"],
    rules: { "@typescript-eslint/no-unsafe-assignment": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    files: ["**/*.{js,cjs,mjs}"],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
