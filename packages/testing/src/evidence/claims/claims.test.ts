/** The claims: none is shown without its measurement, and each measurement fails where what it measures is not so. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBlobStore, openSqliteLog } from "@yanshu/server";
import { testFeatures } from "../../features/index.ts";
import { type Check, holds } from "../check.ts";
import { everythingOfOne } from "./account-export.ts";
import { agedMessages } from "./aged.ts";
import { changedCall, sealedCall } from "./calls.ts";
import {
  boostedPage,
  falseEntry,
  keptElsewhere,
  namedDomain,
  openRemoval,
  searchingChannels,
  wholePages,
  withheldEntry,
} from "./channels.ts";
import { claims, exitCodeOf, ownClaim, rowsOf } from "./claims.ts";
import { judgeCold, judgeUpdated } from "./cut-off.ts";
import { closedInventory } from "./fields.ts";
import { judgeForwarded } from "./forwarded.ts";
import { deletedAccount } from "./gone.ts";
import { socialGraphOfHomes } from "./graph.ts";
import { ghostSeat, removedListener, sealedGroupCall } from "./group-calls.ts";
import { goneHome, soldHome, twoHomes } from "./homes.ts";
import { injected } from "./injected.ts";
import { judgeLan } from "./lan.ts";
import { removedWatcher, replayedLive, sealedLive } from "./live.ts";
import { judgeLocked } from "./locked.ts";
import { takenBack } from "./moments-gone.ts";
import { momentsGraph } from "./moments-graph.ts";
import { nonces } from "./nonces.ts";
import { judgePrograms } from "./programs.ts";
import { readState, searching } from "./reading.ts";
import { judgeRebuilt } from "./rebuilt.ts";
import { judgeRelayed } from "./relayed.ts";
import { claimsPage, claimsTable, evidenceJson } from "./report.ts";
import { sameRequests } from "./requests.ts";
import { stolenKeys } from "./secrecy.ts";
import { judgeSplit } from "./split-release.ts";
import { judgeSwapped } from "./swapped.ts";
import { withheldMessage } from "./withheld.ts";

const passing = (id: string): Check => ({
  id,
  claim: "",
  figure: `seen by ${id}`,
  value: 0,
  unit: "hits",
  goal: "0",
  verdict: "pass",
});
const all = [...new Set(claims.flatMap(({ by }) => by))].map(passing);
const without = (id: string) => all.filter((check) => check.id !== id);
const withVerdict = (id: string, verdict: Check["verdict"]) => [...without(id), { ...passing(id), verdict }];
const codeOf = (checks: readonly Check[]) => exitCodeOf(checks, rowsOf(checks));
const rowOf = (id: string, checks: readonly Check[]) => rowsOf(checks).find((row) => row.id === id);

test("[SIM11] all that is claimed has a row", () => {
  const wanted =
    "R1.1 R1.2 R1.3 R1.4 R1.5 R1.6 R1.7 R1.8 R1.9 R2.1 R2.2 R2.3 R2.4 R2.5 R2.6 R2.7 R2.8 R3.1 R3.2 R3.3 R3.4 R3.5 R3.6 R4.1 R4.2 R4.3 R4.4 R4.5 R4.6 R5.1 R5.2 R5.3 R5.4 R5.5 R5.5b R6.2 R6.3 R7.1 R7.2 R7.3 R7.4 R8.3 R8.4 R10.1 R10.3 R10.4 R11";
  const ofFeatures = testFeatures.flatMap(({ claims: ofIt = [] }) => ofIt.map(({ id }) => id));
  const all = claims.map(({ id }) => id);
  expect(all).toEqual(expect.arrayContaining(ofFeatures));
  const ids = [...all.filter((id) => !ofFeatures.includes(id)), ownClaim.id];
  expect(ids.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).join(" ")).toBe(wanted);
  expect(claims.filter(({ limit }) => limit !== undefined).map(({ id }) => id)).toEqual(["R2.3", "R2.7", "R5.1"]);
});

test("[SIM11] whichever check did not run, its rows are missing and the command exits with 1", () => {
  expect(codeOf(all)).toBe(0);
  for (const { id } of all) {
    const checks = without(id);
    expect([id, codeOf(checks)]).toEqual([id, 1]);
    for (const claim of claims.filter(({ by }) => by.includes(id)))
      expect(rowOf(claim.id, checks)?.verdict).toBe("missing");
    expect(rowOf("R11", checks)?.verdict).toBe("fail");
  }
});

test("[SIM11] a row is as good as its worst check, and a limit only where it says what is left", () => {
  expect(rowOf("R1.6", withVerdict("P3.swapped-key", "fail"))?.verdict).toBe("fail");
  expect(rowOf("R1.1", withVerdict("P1.memory", "void"))?.verdict).toBe("void");
  expect(rowOf("R2.7", withVerdict("P2.graph", "limit"))?.verdict).toBe("limit");
  expect(codeOf(withVerdict("P2.graph", "limit"))).toBe(0);
  expect(rowOf("R8.4", withVerdict("P1.unfiltered", "limit"))?.verdict).toBe("fail");
  expect(codeOf(withVerdict("P1.unfiltered", "limit"))).toBe(1);
});

test("[SIM11] the page says claim, what shows it, figure and verdict; a limit leads to where it is explained", () => {
  const rows = rowsOf(withVerdict("P2.graph", "limit"));
  const page = claimsPage(rows, { commit: "abc123", day: "2026-11-25" });
  expect(page).toContain("| R8.4 | Nothing is filtered | P1.unfiltered, F-1a-1 | seen by P1.unfiltered | pass |");
  expect(page).toContain("limit: [threat-model.md](threat-model.md#what-is-not-promised)");
  expect(page).toContain("`abc123`");
  expect(claimsTable(rows).split("\n")).toHaveLength(claims.length + 1);
  const entries = evidenceJson(all, rows, "abc123");
  expect(entries.map(({ name }) => name)).toEqual([...all, ...rows].map(({ id }) => id));
  expect(entries.every(({ ok, commit }) => ok && commit === "abc123")).toBe(true);
  for (const { limit } of claims) {
    const path = limit?.split("#")[0];
    if (path !== undefined) expect(readFileSync(join(import.meta.dir, "../../../../..", path), "utf8")).not.toBe("");
  }
});

// ---- each measurement, where what it measures is so and where it is not ----

const verdictOf = async (check: Promise<Check>) => (await check).verdict;
/**
 * What stands as it should is measured by the evidence itself, which `npm test` plays too and has no time for twice.
 */
const isMeasuredBeside = process.env["YANSHU_EVIDENCE"] === "beside";
async function passes(measure: () => Promise<Check>, verdict: Check["verdict"] = "pass"): Promise<void> {
  if (!isMeasuredBeside) expect(await verdictOf(measure())).toBe(verdict);
}
const verdictsOf = async (checks: Promise<readonly Check[]>) =>
  (await checks).map(({ id, verdict }) => `${id} ${verdict}`);

test("[GR25] stolen keys: who copied them long before reads what was said since, and the row fails", async () => {
  await passes(stolenKeys, "limit");
  expect(await verdictOf(stolenKeys(true))).toBe("fail");
}, 60_000);

test("[GR33] a message held back: a store that was copied before all was said opens it, and the row fails", async () => {
  await passes(withheldMessage);
  expect(await verdictOf(withheldMessage(true))).toBe("fail");
}, 60_000);

test("[CA24] a call whose description crosses in clear fails the row, and so does one whose description home may hand on", async () => {
  await passes(sealedCall);
  expect(await verdictOf(sealedCall(true))).toBe("fail");
  await passes(changedCall);
  expect(await verdictOf(changedCall(true))).toBe("fail");
}, 60_000);

test("[DS23] messages that are not old enough are still there, and the row fails", async () => {
  await passes(agedMessages);
  expect(await verdictOf(agedMessages(20))).toBe("fail");
}, 60_000);

test("[DS57] an account that was not deleted is found, and the row fails", async () => {
  await passes(deletedAccount);
  expect(await verdictOf(deletedAccount(false))).toBe("fail");
}, 60_000);

test("[MO11] [MO24] a post that was not deleted is found at home and on friends' disks, and the row fails", async () => {
  await passes(takenBack);
  expect(await verdictOf(takenBack(false))).toBe("fail");
}, 120_000);

test("[FY14] [R3.3] who fetches what they go on to see asks for other bytes than others, and the row fails", async () => {
  await passes(wholePages);
  expect(await verdictOf(wholePages(false))).toBe("fail");
}, 120_000);

test("[RP8] what a feature claims is measured, and where it is not so the row fails", async () => {
  for (const { measure, by } of testFeatures.flatMap(({ claims: ofIt = [] }) => ofIt)) {
    const check = await measure();
    expect([check.id, check.verdict]).toEqual([by[0] ?? "", "pass"]);
    expect(await verdictOf(measure(false))).toBe("fail");
  }
}, 60_000);

test("[CH74] [R8.3] where no home keeps it a channel ends with its home, and the row fails", async () => {
  await passes(keptElsewhere);
  expect(await verdictOf(keptElsewhere(false))).toBe("fail");
}, 120_000);

test("[CH96] [R3.6] where home answers in a domain's place it makes a channel anybody's, and the row fails", async () => {
  await passes(namedDomain);
  expect(await verdictOf(namedDomain(false))).toBe("fail");
}, 120_000);

test("[CH10] [CH52] [R3.4] [R3.5] a page as it follows from packs is refused by nobody, what is still there is missed by nobody, and the rows fail", async () => {
  await passes(boostedPage);
  expect(await verdictOf(boostedPage(false))).toBe("fail");
  await passes(openRemoval);
  expect(await verdictOf(openRemoval(false))).toBe("fail");
}, 180_000);

test("[CH8] [CH55] [CH56] [R3.1] [R3.2] [R4.6] words of its author are shown, what is not left out is missed by nobody, a look asks home, and the rows fail", async () => {
  await passes(falseEntry);
  expect(await verdictOf(falseEntry(false))).toBe("fail");
  await passes(withheldEntry);
  expect(await verdictOf(withheldEntry(false))).toBe("fail");
  await passes(searchingChannels);
  expect(await verdictOf(searchingChannels(true))).toBe("fail");
}, 240_000);

test("[HO4] a home that writes down who puts and reads which hole tells who shares Moments, and the row fails", async () => {
  await passes(momentsGraph);
  expect(await verdictOf(momentsGraph(true))).toBe("fail");
}, 180_000);

test("[DS70] what home leaves out of all that it keeps of somebody is missed, and the row fails", async () => {
  await passes(everythingOfOne);
  expect(await verdictOf(everythingOfOne("capabilities"))).toBe("fail");
}, 60_000);

test("[WE34] a window that turned to the swapped program fails the row, and one that nothing evil came to is void", () => {
  const told = (held: number, taken: number) =>
    `R5.3 held ${held} of 2 open windows, taken ${taken} of 1 opened after the last was closed`;
  expect(judgeSwapped(told(2, 1), true).verdict).toBe("pass");
  expect(judgeSwapped(told(1, 1), false).verdict).toBe("fail");
  expect(judgeSwapped(told(2, 0), true).verdict).toBe("void");
  expect(judgeSwapped(told(2, 1), false).verdict).toBe("void");
  expect(judgeSwapped("1 failed", false).verdict).toBe("void");
});

test("[RE7] a build that differs fails the row, and one in which a changed source changes nothing is void", () => {
  const told = (differ: number, control: number) => `R5.4 builds 2 files 121 differ ${differ} control ${control}`;
  expect(judgeRebuilt(told(0, 3)).verdict).toBe("pass");
  expect(judgeRebuilt(told(1, 3)).verdict).toBe("fail");
  expect(judgeRebuilt(told(0, 0)).verdict).toBe("void");
  expect(judgeRebuilt("it could not be built").verdict).toBe("void");
});

test("[ST31] a locked profile that holds a word fails the row, and one that was never searched is void", () => {
  const told = (locked: number, closed: number, unlocked: number) =>
    `R5.2 locked ${locked} hits in 9000000 bytes, closed ${closed} in 8000000; unlocked ${unlocked}`;
  expect(judgeLocked(told(0, 0, 12), true).verdict).toBe("pass");
  expect(judgeLocked(told(1, 0, 12), true).verdict).toBe("fail");
  expect(judgeLocked(told(0, 2, 12), false).verdict).toBe("fail");
  expect(judgeLocked(told(0, 0, 0), true).verdict).toBe("void");
  expect(judgeLocked(told(0, 0, 12), false).verdict).toBe("void");
  expect(judgeLocked("1 failed", false).verdict).toBe("void");
});

test("[CA27] a whistle that is heard, a loudness, two sizes, or voice to another certificate fails its row; a deaf ear makes it void", () => {
  const told = (
    tone: number,
    control: number,
    levels: number,
    wild: number,
    sizes: number,
    leaked: number,
    tried = 9,
  ) =>
    [
      `R1.7 relay 300 packets, tone ${tone}, control ${control} of 6.0 s`,
      `R1.7 levels ${levels} of 2 extensions, control ${wild}`,
      `R1.7 sizes ${sizes} of 300, control ${wild}`,
      `R1.7 fingerprint ${leaked} voice packets of ${tried}`,
    ].join("\n");
  const verdicts = (text: string) => judgeRelayed(text).map(({ verdict }) => verdict);
  expect(verdicts(told(0.01, 0.99, 0, 30, 1, 0))).toEqual(["pass", "pass", "pass", "pass"]);
  expect(verdicts(told(0.5, 0.99, 3, 30, 2, 1))).toEqual(["fail", "fail", "fail", "fail"]);
  expect(verdicts(told(0.01, 0.1, 0, 0, 1, 0, 0))).toEqual(["void", "void", "void", "void"]);
  expect(verdicts("1 failed")).toEqual(["void", "void", "void", "void"]);
});

test("[CA93] a key that crosses in clear, a seat of home's that has one, and one who was not removed fail their rows", async () => {
  await passes(sealedGroupCall);
  expect(await verdictOf(sealedGroupCall(true))).toBe("fail");
  await passes(ghostSeat);
  expect(await verdictOf(ghostSeat(true))).toBe("fail");
  await passes(removedListener);
  expect(await verdictOf(removedListener(false))).toBe("fail");
}, 60_000);

test("[CA167] [CA168] [CA217] a piece that crosses in clear, a watcher who was not removed, a piece that is not old fail their rows", async () => {
  await passes(sealedLive);
  expect(await verdictOf(sealedLive(true))).toBe("fail");
  await passes(removedWatcher);
  expect(await verdictOf(removedWatcher(false))).toBe("fail");
  await passes(replayedLive);
  expect(await verdictOf(replayedLive(false))).toBe("fail");
}, 120_000);

test("[CA92] a whistle that the forwarding unit hears, a frame that is heard twice, a wrong name fail their rows; a deaf ear makes them void", () => {
  const told = (tone: number, control: number, again: number, refused: number, exchanged: number, wrong: number) =>
    [
      `R1.7 sfu 300 packets, tone ${tone}, control ${control} of 6.0 s`,
      `R1.7 replay ${again} of 80 heard, ${refused} refused`,
      `R1.7 swap ${exchanged} packets, ${wrong} of 20 looks wrong, 12 right`,
    ].join("\n");
  const verdicts = (text: string) => judgeForwarded(text).map(({ verdict }) => verdict);
  expect(verdicts(told(0.01, 0.99, 0, 80, 400, 0))).toEqual(["pass", "pass", "pass"]);
  expect(verdicts(told(0.5, 0.99, 3, 77, 400, 2))).toEqual(["fail", "fail", "fail"]);
  expect(verdicts(told(0.01, 0.1, 0, 0, 0, 0))).toEqual(["void", "void", "void"]);
  expect(verdicts("1 failed")).toEqual(["void", "void", "void"]);
});

test("[SIM11] a network on which one is not heard fails the row, and one with a way out makes it void", () => {
  const told = (voice: number, picture: number, out: string, texts = 2) =>
    `R7.2 lan texts ${texts}, pictures 1, voice ${voice}, picture ${picture} bytes, way host, out ${out}\n`;
  expect(judgeLan(told(30_000, 90_000, "ENETUNREACH")).verdict).toBe("pass");
  expect(judgeLan(told(30_000, 90_000, "a dead proxy")).verdict).toBe("pass");
  expect(judgeLan(told(30_000, 0, "ENETUNREACH")).verdict).toBe("fail");
  expect(judgeLan(told(30_000, 90_000, "ENETUNREACH", 1)).verdict).toBe("fail");
  expect(judgeLan(told(30_000, 90_000, "waits")).verdict).toBe("void");
  expect(judgeLan("1 failed").verdict).toBe("void");
});

test("[SIM11] a device that asked for more because of what stands in a message would be seen", async () => {
  await passes(sameRequests);
  expect(await verdictOf(sameRequests({ text: "短", file: new Uint8Array(9) }))).toBe("fail");
}, 60_000);

test("[SIM11] reading, searching, invented messages and nonces pass with clients as they are", async () => {
  expect(await verdictOf(readState())).toBe("pass");
  expect(await verdictOf(searching())).toBe("pass");
  expect(await verdictOf(injected())).toBe("pass");
  expect(await verdictOf(nonces(20_000))).toBe("pass");
}, 60_000);

test("[HM79] [R6.2] a release that is not had elsewhere, or one that nobody may take, fails the row; a home that still answers makes it void", () => {
  const told = { files: 121, before: "2.0.0", isGone: true, mirror: "2.1.0", stick: "2.2.0", refused: 3 };
  expect(judgeUpdated(told).verdict).toBe("pass");
  expect(judgeUpdated({ ...told, mirror: undefined }).verdict).toBe("fail");
  expect(judgeUpdated({ ...told, stick: "2.0.0" }).verdict).toBe("fail");
  expect(judgeUpdated({ ...told, refused: 2 }).verdict).toBe("fail");
  expect(judgeUpdated({ ...told, isGone: false }).verdict).toBe("void");
  expect(judgeUpdated({ ...told, before: undefined }).verdict).toBe("void");
});

test("[HM51] [R6.3] who reads less, or is connected nowhere or late, fails the row; a home that still answers makes it void", () => {
  const told = { isSilent: true, read: 3, readSeconds: 1, isElsewhere: true, thereSeconds: 9 };
  expect(judgeCold(told).verdict).toBe("pass");
  expect(judgeCold({ ...told, read: 2 }).verdict).toBe("fail");
  expect(judgeCold({ ...told, isElsewhere: false }).verdict).toBe("fail");
  expect(judgeCold({ ...told, thereSeconds: 61 }).verdict).toBe("fail");
  expect(judgeCold({ ...told, isSilent: false }).verdict).toBe("void");
});

test("[SIM18] what crosses between two homes unsealed, and a frame that nobody names, fail their rows", async () => {
  if (!isMeasuredBeside)
    expect(await verdictsOf(twoHomes())).toEqual(["P1.homes pass", "P2.homes pass", "P1.frames pass"]);
  expect(await verdictsOf(twoHomes(true))).toEqual(["P1.homes fail", "P2.homes pass", "P1.frames fail"]);
}, 60_000);

test("[SIM21] who writes with whom at another home is not told by what both homes keep; a row that waits at one fails", async () => {
  if (!isMeasuredBeside) expect(holds(await socialGraphOfHomes())).toBe(true);
  const control = await socialGraphOfHomes(true);
  expect([control.verdict, control.figure.includes("NOT: nothing waits to guess by")]).toEqual(["fail", true]);
}, 180_000);

test("[SIM18] a family whose home is gone goes on with all that was said; one who named no reserve fails the rows", async () => {
  if (!isMeasuredBeside) expect(await verdictsOf(goneHome())).toEqual(["P6.moved pass", "P6.group pass"]);
  expect(await verdictsOf(goneHome(false))).toEqual(["P6.moved fail", "P6.group fail"]);
}, 120_000);

test("[SIM19] who has a home's name and another key is told nothing; where it is home that answers the row fails", async () => {
  await passes(soldHome);
  const control = await soldHome(false);
  expect([control.verdict, control.figure.includes("NOT: all are told; it is told nothing")]).toEqual(["fail", true]);
}, 120_000);

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "yanshu-fields-"));
  openSqliteLog(join(folder, "yanshu.db")).close();
  openBlobStore(join(folder, "blobs")).close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("[DS32] a column that docs/DATA.md does not list, one that is gone, a file and a line of a log fail the row", () => {
  const page = readFileSync(join(import.meta.dir, "../../../../../docs/DATA.md"), "utf8");
  const none = new Uint8Array();
  const said = (change: (text: string) => string) => closedInventory(folder, none, change(page)).verdict;
  expect(said((text) => text)).toBe("pass");
  expect(said((text) => text.replace("| gates.epoch |", "| gates.era |"))).toBe("fail");
  expect(said((text) => text.replace("| gates.epoch |", "| gates.epoch, .weather |"))).toBe("fail");
  expect(closedInventory(folder, Buffer.from("GET / 127.0.0.1\n"), page).verdict).toBe("fail");
  writeFileSync(join(folder, "access.log"), "");
  expect(said((text) => text)).toBe("fail");
});

test("[PR10] [PR11] a program that asks somebody, a wish that comes true or a plain page that is not seen fails its row", () => {
  const said = {
    used: "R4.2 programs: 5 programs, 100 actions each, 0 requests, 0 frames to home; a question to home: 4",
    webxdc: "R5.5 webxdc: 177 ways and wishes, 7 names (location), 0 got ()",
    hostile:
      "R5.5 programs: 180 ways, 0 out (), 0 to home (), 0 datagrams; 61 wishes, 0 got (); a plain page: 88 of 116 out",
    floods: "R5.5 floods: 20 floods, 3 tries, longest 98 ms (loop 98, asked 40)",
    apps: "R5.5 floods of apps: 19 floods, 3 tries, longest 97 ms (top 97, goto 40)",
    large: "R5.5 large: 20000000 bytes opened in 3000 ms, longest 60 ms",
  };
  const verdicts = (changed: Partial<typeof said>, isWhole = true) =>
    judgePrograms(Object.values({ ...said, ...changed }).join("\n"), isWhole).map(({ verdict }) => verdict);
  expect(verdicts({})).toEqual(["pass", "pass", "pass"]);
  expect(verdicts({ used: said.used.replace("0 requests", "1 requests") })[0]).toBe("fail");
  expect(verdicts({ used: said.used.replace("0 frames", "2 frames") })[0]).toBe("fail");
  expect(verdicts({ used: said.used.replace("home: 4", "home: 0") })[0]).toBe("void");
  for (const wrong of [
    "0 out ()|1 out (fetch)",
    "0 to home ()|1 to home (xhr)",
    "0 datagrams|1 datagrams",
    "0 got ()|1 got (opfs)",
  ]) {
    const [right = "", instead = ""] = wrong.split("|");
    expect(verdicts({ hostile: said.hostile.replace(right, instead) })[1]).toBe("fail");
  }
  expect(verdicts({ webxdc: said.webxdc.replace("0 got ()", "1 got (opfs)") })[1]).toBe("fail");
  expect(verdicts({ webxdc: "" })[1]).toBe("void");
  expect(verdicts({ hostile: said.hostile.replace("88 of", "3 of") })[1]).toBe("void");
  expect(verdicts({ floods: said.floods.replace("longest 98", "longest 101") })[2]).toBe("fail");
  expect(verdicts({ floods: said.floods.replace("longest 98", "longest 101") }, false)[2]).toBe("pass");
  expect(verdicts({ apps: said.apps.replace("longest 97", "longest 101") })[2]).toBe("fail");
  expect(verdicts({ apps: "" })[2]).toBe("void");
  expect(verdicts({ large: "" })[2]).toBe("fail");
  expect(verdicts({ floods: "" })[2]).toBe("void");
});

test("[RE18] [R5.3] a split view that is not told fails, and one that a person alone sees, or whose control is refused, is void", () => {
  const told = { begun: true, continued: true, alone: 0, compared: "split", forked: 1, unlogged: 1, kept: 2 };
  expect(judgeSplit(told).verdict).toBe("pass");
  expect(judgeSplit({ ...told, compared: undefined }).verdict).toBe("fail");
  expect(judgeSplit({ ...told, forked: 0 }).verdict).toBe("fail");
  expect(judgeSplit({ ...told, unlogged: 0 }).verdict).toBe("fail");
  expect(judgeSplit({ ...told, kept: 1 }).verdict).toBe("fail");
  expect(judgeSplit({ ...told, alone: 1 }).verdict).toBe("void");
  expect(judgeSplit({ ...told, continued: false }).verdict).toBe("void");
});
