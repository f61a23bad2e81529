import { expect, test } from "bun:test";
import { emptyMsMax, type Here, Roster, silentMsMax } from "./group-roster.ts";

const here = (device: string, seat: number, key = `${device} key`): Here => ({
  device,
  account: `${device} account`,
  seat,
  key,
  voice: true,
  picture: false,
});
const anybody = () => true;

test("[CA91] who says again that it is here is the same; with another key or seat it came anew", () => {
  const roster = new Roster();
  expect(roster.heard(here("ann", 1), 0)).toMatchObject({ kind: "came", isAgain: false });
  expect(roster.heard({ ...here("ann", 1), voice: false }, 10)).toEqual({ kind: "same" });
  expect(roster.all).toMatchObject([{ device: "ann", voice: false }]);
  expect(roster.heard(here("ann", 1, "other"), 5_020)).toMatchObject({ kind: "came", isAgain: true });
  expect(roster.heard(here("ann", 2, "other"), 10_030)).toMatchObject({ kind: "came", isAgain: true });
});

test("[CA91] no device takes the seat of one that was heard", () => {
  const roster = new Roster();
  roster.heard(here("ann", 1), 0);
  expect(roster.heard(here("eve", 1), 0)).toEqual({ kind: "refused" });
  expect(roster.all.map(({ device }) => device)).toEqual(["ann"]);
});

test("[CA227] after home started anew two devices whose seats were exchanged are heard at once, and one that was heard keeps its seat", () => {
  const roster = new Roster();
  roster.heard(here("ann", 1), 0);
  roster.heard(here("ben", 2), 0);
  roster.age();
  expect(roster.heard(here("ann", 2), 10_000)).toEqual({ kind: "came", isAgain: true, out: "ben" });
  expect(roster.heard(here("eve", 2), 10_000)).toEqual({ kind: "refused" });
  expect(roster.heard(here("ben", 1), 10_010)).toEqual({ kind: "came", isAgain: false });
  expect(roster.all.map(({ device, seat }) => `${device} ${seat}`).toSorted()).toEqual(["ann 2", "ben 1"]);
});

test("[CA91] who is silent, has an empty seat, or is no device of the group is out", () => {
  const roster = new Roster();
  for (const [at, device] of ["ann", "ben", "cat", "dan"].entries()) roster.heard(here(device, at + 1), 0);
  const seats = new Set([1, 2, 3]);
  expect(roster.sweep(0, seats, (device) => device !== "ben").map(({ device }) => device)).toEqual(["ben"]);
  expect(roster.sweep(emptyMsMax - 1, seats, anybody)).toEqual([]);
  expect(roster.sweep(emptyMsMax, seats, anybody).map(({ device }) => device)).toEqual(["dan"]);
  roster.heard(here("ann", 1), silentMsMax - 1);
  expect(roster.sweep(silentMsMax, seats, anybody).map(({ device }) => device)).toEqual(["cat"]);
  // While the room cannot be reached nobody is taken for gone.
  expect(roster.sweep(10 * silentMsMax, undefined, anybody)).toEqual([]);
});

test("[CA91] a seat that was empty for a moment is kept", () => {
  const roster = new Roster();
  roster.heard(here("ann", 1), 0);
  roster.sweep(0, new Set(), anybody);
  roster.sweep(emptyMsMax - 1, new Set([1]), anybody);
  expect(roster.sweep(emptyMsMax + 10, new Set(), anybody)).toEqual([]);
});

test("[CA112] of one device one change counts in five seconds, also where it left meanwhile", () => {
  const roster = new Roster();
  expect(roster.heard(here("ann", 1), 0)).toMatchObject({ kind: "came" });
  expect(roster.heard(here("ann", 1, "other"), 4_999)).toEqual({ kind: "refused" });
  expect(roster.heard({ ...here("ann", 1), voice: false }, 4_999)).toEqual({ kind: "same" });
  roster.left("ann");
  expect(roster.heard(here("ann", 1), 4_999)).toEqual({ kind: "refused" });
  expect(roster.heard(here("ben", 2), 4_999)).toMatchObject({ kind: "came" });
  expect(roster.heard(here("ann", 1), 5_000)).toMatchObject({ kind: "came" });
});

test("[CA194] a screen is shown from the seat of who is known to sit there and sends a picture, and from no other", () => {
  const roster = new Roster();
  const seen = { ...here("ann", 1), picture: true };
  expect(roster.shows("ann", 1, true)).toBe(false);
  roster.heard(seen, 0);
  roster.heard(here("ben", 2), 0);
  expect(roster.shows("ann", 2, true)).toBe(false);
  expect(roster.shows("ben", 2, true)).toBe(false);
  expect(roster.shows("ann", 1, true)).toBe(true);
  expect(roster.shows("ann", 1, true)).toBe(false);
  expect(roster.all.map(({ screen }) => screen)).toEqual([true, false]);
  roster.heard(seen, 10);
  expect(roster.get("ann")).toMatchObject({ screen: true });
  roster.heard({ ...seen, picture: false }, 20);
  roster.heard(seen, 30);
  expect(roster.get("ann")).toMatchObject({ screen: false });
});
