/** When a child's Channels are closed, which limits are none, and who may set them. */
import { expect, test } from "bun:test";
import type { YouthLimits } from "@yanshu/content";
import { migrate, migrations } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { FeatureContext } from "../../feature.ts";
import { readValue, writeValue } from "./values.ts";
import { addWatched, closedNow, setYouth } from "./youth.ts";

const limits: YouthLimits = { isOn: true, minutes: 40, closedFrom: 22 * 60, closedTo: 6 * 60, forYou: false };
/** By the clock of the place where the test runs. */
const at = (hour: number) => new Date(2026, 5, 10, hour).getTime();

function device() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const context = {
    db,
    nowMs: () => at(12),
    changed: () => undefined,
    sendSoon: () => undefined,
    tellOwnDevices: () => undefined,
  } as unknown as FeatureContext;
  return { db, context };
}

test("[CH66] a child's Channels are closed at night and after the minutes of the day, and For You where it is left out", () => {
  const { db, context } = device();
  const closed = (hour: number) => [closedNow(context, at(hour), false), closedNow(context, at(hour), true)];
  expect(closed(23)).toEqual([undefined, undefined]);
  setYouth(context, { limits: { ...limits, isOn: false } });
  expect(closed(23)).toEqual([undefined, undefined]);
  setYouth(context, { limits });
  expect([closed(23), closed(5), closed(12)]).toEqual([
    ["night", "night"],
    ["night", "night"],
    [undefined, "for-you"],
  ]);
  setYouth(context, { limits: { ...limits, forYou: true, closedFrom: 13 * 60, closedTo: 14 * 60 } });
  expect([closed(12), closed(13), closed(14)]).toEqual([
    [undefined, undefined],
    ["night", "night"],
    [undefined, undefined],
  ]);
  addWatched(context, 40 * 60_000 - 1);
  expect(closed(12)).toEqual([undefined, undefined]);
  addWatched(context, 1);
  expect(closed(12)).toEqual(["time", "time"]);
  db.close();
});

test("[CH66] limits of no day are refused, and what was set stands", () => {
  const { db, context } = device();
  setYouth(context, { limits });
  for (const wrong of [{ minutes: 1.5 }, { minutes: -1 }, { closedFrom: 24 * 60 + 1 }, { closedTo: Number.NaN }])
    expect(() => setYouth(context, { limits: { ...limits, ...wrong } })).toThrow("not-allowed");
  expect(readValue(context, "guard")?.limits).toEqual(limits);
  db.close();
});

test("[CH67] what somebody else guards is not changed on the child's own device", () => {
  const { db, context } = device();
  writeValue(context, "guard", { limits, stampMs: 5, guardian: new Uint8Array(32).fill(2) as never });
  expect(() => setYouth(context, { limits: { ...limits, isOn: false } })).toThrow("not-allowed");
  expect(readValue(context, "guard")?.limits).toEqual(limits);
  db.close();
});
