/** The server and its reserve, in the settings; and the strip that asks whether to go on there. */
import type { InMe } from "../../feature.ts";
import { HomesRow } from "./homes.tsx";

export { GoneStrip } from "./gone-strip.tsx";

export const inMe: InMe = { settings: [{ group: "app", order: 45, row: HomesRow }] };
