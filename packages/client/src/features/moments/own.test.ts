/** What own devices tell one another of own posts. */
import { expect, test } from "bun:test";
import { decodeSyncItem, encodeAudience, encodeMomentBody, encodeSyncItem, type SyncItem } from "@yanshu/content";
import { addMoment, type MomentRow, readMoment } from "@yanshu/store";
import { concat } from "@yanshu/wire";
import { crypto, filled, me, nowMs, opened, standIn } from "../../testing/moments.ts";
import { momentItem, takeMoment } from "./own.ts";
import { postIdOf } from "./sealed.ts";

const none = new Uint8Array();
const files = { learnRefs: () => undefined, forgetRefs: () => undefined };

/** The phone has this post: as the tablet has it, which is told of it. */
function toldOf(here: Pick<MomentRow, "state" | "signed" | "audience" | "told">): MomentRow | undefined {
  const [phone, tablet] = [opened(), opened()];
  const id = postIdOf(crypto, { author: me, secret: filled(2) });
  const times = { at_ms: nowMs, got_ms: nowMs, stamp_ms: nowMs, day: 1, until_day: 0 };
  const of = { author: me, secret: filled(2), name: filled(3, 16), kind: "post", mention: 0 } as const;
  addMoment(phone, { id, ...of, ...times, ...here });
  const item = decodeSyncItem(encodeSyncItem(momentItem(readMoment(phone, id) as MomentRow)));
  const context = standIn(tablet, { files });
  tablet.transaction(() => takeMoment(context, item as Extract<SyncItem, { kind: "moment" }>));
  const held = readMoment(tablet, id);
  for (const db of [phone, tablet]) db.close();
  return held;
}

test("[MO15] a post whose body is still to come is no post that is gone, to a device that is linked", () => {
  const audience = encodeAudience({ who: "all", tags: [], people: [] });
  expect(toldOf({ state: "wanted", signed: none, audience, told: none })?.state).toBe("wanted");
});

test("[MO173] a post that was met at home alone is for nobody yet, to a device that is linked", () => {
  const body = encodeMomentBody({ kind: "post", author: me, atMs: nowMs, text: "一", pictures: [] });
  const held = toldOf({ state: "here", signed: concat(filled(1, 64), body), audience: null, told: null });
  expect([held?.state, held?.audience, held?.told]).toEqual(["here", null, null]);
});
