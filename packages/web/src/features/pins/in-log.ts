/** What stands pinned on top of a conversation. */
import type { InLog } from "../../feature.ts";
import { PinStrips } from "./pin-strips.tsx";

export const inLog: InLog = { strips: [{ order: 20, strip: PinStrips }] };
