import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchemas } from "../lib/spec/json-schema";

/** `npm run schema`: writes the JSON Schemas that editors read. A test fails where they are not the ones of the code. */
const folder = join(__dirname, "../schema");
mkdirSync(folder, { recursive: true });
for (const [file, text] of Object.entries(jsonSchemas)) writeFileSync(join(folder, file), text());
