/** A strip on top of a group's chat: the call that goes on in the group. */
import type { InLog } from "../../feature.ts";
import { GroupCallStrip } from "./group-strip.tsx";

export const inLog: InLog = { strips: [{ order: 0, strip: GroupCallStrip }] };
