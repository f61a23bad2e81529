/**
 * A strip at the top of a group's chat for its running call; loaded after the screen, with its words.
 */
import type { InLog } from "../../feature.ts";
import { Lazy, lazily } from "../../shell/lazy.ts";

const strip = lazily(() => import("./group-strip.tsx").then((m) => m.GroupCallStrip));

export const inLog: InLog = { strips: [{ order: 0, strip: ({ view }) => <Lazy of={strip} view={view} /> }] };
