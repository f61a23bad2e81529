/** Which reserve a person is asked about, and how often (docs/spec/homes.md HM117), and where home goes (HM118). */
import { expect, test } from "bun:test";
import { migrate, migrations, readMeta } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { encodeLink } from "@yanshu/wire";
import { answerOffered, noteOffered, offeredIn } from "./offered-reserve.ts";

const invite = (server: string, n = 1) =>
  encodeLink(`https://${server}`, { kind: "invite", link: { server, token: new Uint8Array(16).fill(n) } });

test("[HM117] an invite of another home is offered until the person answers, and again where it is of another one", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const offered = (home = "yan.test") => offeredIn(readMeta(db, "reserve-offered"), home);
  const hears = (link: string | undefined, home = "yan.test") => noteOffered(db, "reserve-offered", home, link);
  answerOffered(db);
  expect(offered()).toBeUndefined();
  expect(hears(invite("two.test"))).toBe(true);
  expect(hears(invite("two.test", 2))).toBe(false);
  expect(offered()).toEqual({ server: "two.test", link: invite("two.test", 2), isAnswered: false });
  answerOffered(db);
  hears(invite("two.test", 3));
  expect(offered()?.isAnswered).toBe(true);
  hears(invite("three.test"));
  expect(offered()).toMatchObject({ server: "three.test", isAnswered: false });
  // What another home offered counts for nothing once the account is elsewhere.
  expect(offered("two.test")).toBeUndefined();
  hears(undefined);
  expect(offered()).toBeUndefined();
  db.close();
});

test("[HM117] home's own invite, a link of somebody, and what is none are no reserve", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  for (const link of [invite("yan.test"), "https://two.test/", invite("two.test").replace("#i", "#g"), ""]) {
    noteOffered(db, "reserve-offered", "yan.test", link);
    expect([link, offeredIn(readMeta(db, "reserve-offered"), "yan.test")]).toEqual([link, undefined]);
  }
  db.close();
});

test("[HM118] where home goes stands apart from the reserve that it offers", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  noteOffered(db, "home-moves", "yan.test", invite("two.test"));
  expect(offeredIn(readMeta(db, "home-moves"), "yan.test")?.server).toBe("two.test");
  expect(offeredIn(readMeta(db, "reserve-offered"), "yan.test")).toBeUndefined();
  // At the home to which it went nothing of it counts.
  expect(offeredIn(readMeta(db, "home-moves"), "two.test")).toBeUndefined();
  noteOffered(db, "home-moves", "yan.test", invite("yan.test"));
  expect(offeredIn(readMeta(db, "home-moves"), "yan.test")).toBeUndefined();
  db.close();
});
