/**
 * The row of the settings for the server and its reserve, and the strips that offer one, to go along, and to continue.
 */
import type { InMe } from "../../feature.ts";
import { HomesRow } from "./homes.tsx";

export { HomeStrip } from "./home-strip.tsx";

export const inMe: InMe = { settings: [{ group: "app", order: 45, row: HomesRow }] };
