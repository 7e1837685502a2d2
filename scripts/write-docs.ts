import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedFiles } from "./pages/all";

/** `npm run docs`: writes every file that is made and never typed. A test fails where one is not what it would be now. */
for (const [path, text] of Object.entries(generatedFiles)) {
  const file = join(__dirname, "..", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text());
}
