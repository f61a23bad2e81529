/** The translator in the settings. */
import type { InMe } from "../../feature.ts";
import { TranslatorNote } from "./rows.tsx";

export const inMe: InMe = { settings: [{ group: "notes", order: 10, row: TranslatorNote }] };
