/** The lock's settings on the page of privacy. */
import type { InMe } from "../../feature.ts";
import { LockSettings } from "./lock-settings.tsx";

export const inMe: InMe = { settings: [{ group: "kept", order: 10, row: LockSettings }] };
