/** A strip at the top of a group's chat: who is live there. Loaded after the screen, with its words. */
import type { InLog } from "../../feature.ts";
import { Lazy, lazily } from "../../shell/lazy.ts";

const strip = lazily(() => import("./live-strip.tsx").then((m) => m.LiveStrip));

export const inLog: InLog = { strips: [{ order: 1, strip: ({ view }) => <Lazy of={strip} view={view} /> }] };
