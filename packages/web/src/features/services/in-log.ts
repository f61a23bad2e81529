/** The bar of buttons stands where one writes. */
import type { InLog } from "../../feature.ts";
import { useMenuBar } from "./menu-bar.tsx";

export const inLog: InLog = { useWriting: useMenuBar };
