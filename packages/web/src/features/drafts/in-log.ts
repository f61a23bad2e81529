/** What stands in the field is kept while one writes. */
import type { InLog } from "../../feature.ts";
import { useDraft } from "./use-draft.ts";

export const inLog: InLog = { useWriting: useDraft };
