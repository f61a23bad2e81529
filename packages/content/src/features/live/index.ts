/** Live (docs/spec/live.md CA160, CA168): the message that is its record, how it ended, and its later keys. */
import { fixed, line, struct, text, uint } from "@yanshu/wire";
import { body, contentFeature, mark, signal } from "../../feature.ts";
import { device, messageName } from "../../fields/ids.ts";

export const liveTitleMax = 60;
export const liveSecondsMax = 24 * 3_600;
const roomBytes = 16;
const keyBytes = 32;

const end = { seconds: uint(liveSecondsMax), watched: uint(100_000) };
const generation = uint(0xffff);
const room = fixed(roomBytes);
const title = text(liveTitleMax);
const on = { device, room, sinceMs: uint() };
/** A server's name, in UTF-16 units. */
const homeMax = 255;
/** Where its room is, if the leaf of the device that shows names another server. */
const home = line(homeMax);

export const live = contentFeature({
  bodies: {
    /** `device` shows. `room` and `secret` go from the record once it is over. */
    live: body({
      schema: struct({ device }, { secret: fixed(keyBytes), room, title, home }),
      disposition: "message",
      text: ({ title = "" }) => title,
      fallback: ({ title = "" }) => `📺 直播 · Live ${title}`.trim(),
    }),
    liveEnd: signal(struct({ ...messageName, ...end })),
    /** By what is sealed from now on: said where somebody was removed, or came (CA219). */
    liveKey: signal(struct({ ...messageName, generation, key: fixed(keyBytes) })),
    /** To a device that came after `live` was said; its key comes as `liveKey`. */
    liveOn: signal(struct({ ...messageName, ...on }, { title, home })),
  },
  marks: {
    liveEnd: mark(struct(end)),
    liveKey: mark(struct({ generation }, { key: fixed(keyBytes) })),
    /** Nothing is left of it once it is over. */
    liveOn: mark(struct({}, { ...on, title, home })),
  },
});
