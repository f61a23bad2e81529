/** About the app, in the settings. */
import type { InMe } from "../../feature.ts";
import { About } from "./about.tsx";

export const inMe: InMe = { settings: [{ group: "about", order: 20, row: About }] };
