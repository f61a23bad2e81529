import { expect, test } from "bun:test";
import { Crowd } from "./crowd.ts";

test("[CA190] where all is full, the newest of the place that has most makes way for a place that has fewer", () => {
  const crowd = new Crowd<string>({ prefix: 4, all: 8 });
  for (const place of ["1.1.1.1", "2.2.2.2"])
    for (let n = 0; n < 4; n++) expect(crowd.enter(place, `${place} ${n}`)).toEqual({ displaced: undefined });
  expect(crowd.enter("1.1.1.1", "more")).toBeUndefined();
  expect(crowd.enter("3.3.3.3", "three")).toEqual({ displaced: "1.1.1.1 3" });
  crowd.leave("1.1.1.1", "1.1.1.1 3"); // Its end is told later.
  expect(crowd.enter("4.4.4.4", "four")).toEqual({ displaced: "2.2.2.2 3" });
  crowd.leave("3.3.3.3", "three");
  expect(crowd.enter("3.3.3.3", "again")).toEqual({ displaced: undefined });
});

test("[CA190] where all have as few, nobody makes way", () => {
  const crowd = new Crowd<string>({ prefix: 4, all: 4 });
  for (const place of ["1.1.1.1", "2.2.2.2"]) for (const n of [0, 1]) crowd.enter(place, `${place} ${n}`);
  expect(crowd.enter("1.1.1.1", "third")).toBeUndefined();
  expect(crowd.enter("3.3.3.3", "one")).toBeDefined();
  expect(crowd.enter("4.4.4.4", "one more")).toBeDefined();
  expect(crowd.enter("5.5.5.5", "too many")).toBeUndefined();
});

test("[CA190] the places of one /48 count together, and one that has few in it is let in before one that has many", () => {
  const crowd = new Crowd<string>({ prefix: 4, all: 12 });
  const places = ["2001:db8:1:100", "2001:db8:1:200", "2001:db8:1:300"];
  let came = 0;
  for (const place of places) for (let n = 0; n < 4; n++) if (crowd.enter(place, `${place} ${n}`)) came++;
  expect(came).toBe(8);
  for (let n = 0; n < 4; n++) crowd.enter("9.9.9.9", `nine ${n}`);
  expect(crowd.enter("2001:db8:2:100", "another")).toEqual({ displaced: "2001:db8:1:100 3" });
  expect(crowd.enter("2001:db8:1:300", "within")).toEqual({ displaced: "2001:db8:1:200 3" });
});
