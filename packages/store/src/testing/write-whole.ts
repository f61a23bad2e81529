/** `npm run schema`: writes `whole-schema.ts` anew, after a migration was added. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBunDatabase } from "../bun/index.ts";
import { migrations } from "../schema.ts";
import { migratedByStep, wholeScriptOf } from "./whole.ts";

const script = wholeScriptOf(migratedByStep(openBunDatabase(":memory:"), migrations));
const text = `/** The last version of the schema, as \`npm run schema\` writes it (docs/spec/store.md ST48). */
export const wholeSchema = \`
${script.replaceAll(/[\\`$]/g, "\\$&")}\`;
`;
writeFileSync(join(import.meta.dirname, "../whole-schema.ts"), text);
