/** This code, in the settings. */
import type { InMe } from "../../feature.ts";
import { ThisCode } from "./this-code.tsx";

export const inMe: InMe = { settings: [{ group: "about", order: 10, row: ThisCode }] };
