/** The row of the settings for the server and its reserve, and the strip that offers to continue at the reserve. */
import type { InMe } from "../../feature.ts";
import { HomesRow } from "./homes.tsx";

export { GoneStrip } from "./gone-strip.tsx";

export const inMe: InMe = { settings: [{ group: "app", order: 45, row: HomesRow }] };
