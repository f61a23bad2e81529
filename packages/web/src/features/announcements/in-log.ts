/** The announcement on top of a conversation. */
import type { InLog } from "../../feature.ts";
import { AnnouncementStrip } from "./announcement-strip.tsx";

export const inLog: InLog = { strips: [{ order: 10, strip: AnnouncementStrip }] };
