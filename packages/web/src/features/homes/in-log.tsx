/** A strip at the top of a chat: whose server does not answer. Loaded after the screen, with its words. */
import type { InLog } from "../../feature.ts";
import { Lazy, lazily } from "../../shell/lazy.ts";

const strip = lazily(() => import("./in-chat.ts").then((m) => m.FarStrip));

export const inLog: InLog = { strips: [{ order: 5, strip: ({ view }) => <Lazy of={strip} view={view} /> }] };
