/**
 * `npm run vectors`, its second half: writes the vectors of calls, messages, derived keys, Moments and the transcript.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, made } from "./make.ts";

for (const [name, value] of Object.entries(await made()))
  writeFileSync(join(import.meta.dirname, "../../../../vectors", name), format(value));
