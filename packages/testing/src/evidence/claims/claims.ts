/**
 * Claims: what is said of WeChat, turned into what must be shown of Yanshu, one row each (docs/spec/simulation.md
 * SIM11). A row's verdict is that of the checks that measure it, never its own: the worst of them counts, and one that
 * did not run counts as failed.
 */
import { testFeatures } from "../../features/index.ts";
import { type Check, type Claim, holds, type Verdict } from "../check.ts";

export type ClaimRow = Claim & { readonly figure: string; readonly verdict: Verdict | "missing" };

const p1 = ["P1.control", "P1.disk", "P1.memory", "P1.logs", "P1.traffic", "P1.operator", "P1.vault"];

const ofTheCore: readonly Claim[] = [
  {
    id: "R1.1",
    claim: "The operator never holds content",
    by: [...p1, "P1.keys", "P1.framing"],
    tests: "RO2",
  },
  {
    id: "R1.2",
    claim: "The operator cannot recognise a known file",
    by: ["P1.files", "P1.disk", "P1.memory"],
    tests: "ME5, ME8",
  },
  { id: "R1.3", claim: "Nothing is scanned on the device", by: ["P1.unscanned"], tests: "WE25" },
  { id: "R1.4", claim: "No home-made cryptography", by: ["P1.nonces"], tests: "GR8, ME5, vectors" },
  { id: "R1.5", claim: "The server fetches no link", by: ["P1.links"], tests: "AC14" },
  {
    id: "R1.6",
    claim: "A device or member slipped in is refused and seen",
    by: [
      "P3.ghost-device",
      "P3.ghost-in-place",
      "P3.ghost-entry",
      "P3.ghost-welcome",
      "P3.ghost-commit",
      "P3.removed-member",
      "P3.swapped-key",
      "P3.split-list",
      "P3.forged-record",
      "P4.forged-history",
    ],
    tests: "GR9, ID19",
  },
  {
    id: "R1.7",
    claim: "Home and its relay hear, read, change and keep nothing of a call",
    by: [
      "P1.calls",
      "P1.group-says",
      "P3.changed-call",
      "P1.relay",
      "P1.levels",
      "P1.sizes",
      "P3.fingerprint",
      "P1.sfu",
      "P3.ghost-seat",
      "P4.replayed-frames",
      "P3.swapped-speakers",
      "P3.removed-listener",
    ],
    tests: "CA5, CA23, CA24, CA26, CA27, CA91, CA92, CA93, CA98, CA101, CA113, CA120",
  },
  {
    id: "R1.8",
    claim: "A stolen device that was revoked stops nobody, and the card outranks it",
    by: ["P3.revoked-device", "P3.revoked-words", "P3.filled-list"],
    tests: "ID7, ID20, ID41, DS100, GR49, GR53, SY61",
  },
  {
    id: "R1.9",
    claim: "Home sees, hears and reads nothing of a Live, and shows none again as now",
    by: ["P1.live", "P3.removed-watcher", "P4.replayed-live"],
    tests: "CA161, CA167, CA168, CA179, CA216, CA217, CA219",
  },
  { id: "R2.1", claim: "What is stored is a closed list", by: ["P2.fields"], tests: "DS32" },
  { id: "R2.2", claim: "One can see all of it", by: ["P2.everything"], tests: "DS70, DS71, KP12" },
  {
    id: "R2.3",
    claim: "No address, no program is kept",
    by: ["P2.origin", "P2.forgotten"],
    tests: "DS24, DS32",
    limit: "docs/decisions/0015-what-memory-forgets.md",
  },
  { id: "R2.4", claim: "Nobody finds accounts by guessing", by: ["P2.guesses"], tests: "DS24, DS51, DS52" },
  {
    id: "R2.5",
    claim: "Delivered ciphertext goes away",
    by: ["P2.delivered", "P2.aged", "P2.taken-back"],
    tests: "DS19, DS23, DS54, MO10, MO11, MO24",
  },
  {
    id: "R2.6",
    claim: "No file name, no place in a photo in clear",
    by: ["P1.control", "P1.disk", "P1.traffic"],
    tests: "ME10",
  },
  {
    id: "R2.7",
    claim: "Who writes with whom is not stored",
    by: ["P2.conversations", "P2.graph", "P2.graph-homes", "P2.moments", "P2.homes"],
    tests: "DS15, DS30, DS50, HO4, HO5",
    limit: "docs/threat-model.md#what-is-not-promised",
  },
  { id: "R2.8", claim: "Deleting an account deletes it", by: ["P2.deleted"], tests: "DS56, DS57, KP1" },
  {
    id: "R3.1",
    claim: "The operator cannot put words into anybody's line",
    by: ["P4.injected", "P4.replayed", "P4.forged-moments", "P4.false-entry", "P3.ghost-commit", "P3.ghost-welcome"],
    tests: "GR4, GR6, MO9, CH48",
  },
  {
    id: "R3.2",
    claim: "The operator cannot suppress without being seen",
    by: [
      "P4.dropped-message",
      "P4.dropped-commit",
      "P4.withheld-post",
      "P4.withheld-word",
      "P4.withheld-entry",
      "P4.forked",
      "P4.denied-member",
      "P4.refused-removal",
    ],
    tests: "SY5, SY6, SY30, SY66, SY70, GR57, GR58, MO5, MO59, CH48, CH51, CH55",
  },
  {
    id: "R3.3",
    claim: "The order of what is public is the reader's, and asking tells nothing of it",
    by: ["P4.whole-page"],
    tests: "FY1, FY8, FY13, FY14, CH47",
  },
  {
    id: "R3.4",
    claim: "What an operator removes says why, and what goes in silence is told",
    by: ["P4.open-removal"],
    tests: "CH10, CH22, CH50, CH55",
  },
  {
    id: "R3.5",
    claim: "No reach is paid for: a lifted film is seen",
    by: ["P4.boosted-page"],
    tests: "CH12, CH13, CH52",
  },
  {
    id: "R3.6",
    claim: "Whose a channel is says the domain that it names, and no operator",
    by: ["P4.named-domain"],
    tests: "CH95, CH96, CH97",
  },
  { id: "R4.1", claim: "No request to anybody else", by: ["P5.page"], tests: "DS33" },
  {
    id: "R4.2",
    claim: "A mini program tells nobody anything, and home does not see that it is used",
    by: ["P5.programs"],
    tests: "PR8, PR10",
  },
  {
    id: "R4.3",
    claim: "Places go end to end",
    by: ["P1.control", "P1.disk", "P1.memory", "P1.traffic"],
    tests: "F-1a-11",
  },
  { id: "R4.4", claim: "Reading tells nobody", by: ["P2.reading"], tests: "F-1a-31" },
  { id: "R4.5", claim: "Push services learn nothing", by: ["P2.wakeups"], tests: "PU1, PU2" },
  {
    id: "R4.6",
    claim: "What one searches stays on the device",
    by: ["P1.searching", "P1.searching-channels"],
    tests: "SE1, F-1b-8, CH56",
  },
  {
    id: "R5.1",
    claim: "A break-in yields nothing of before",
    by: ["P1.secrecy", "P1.withheld", "P1.keys"],
    tests: "GR6, GR25, GR33, ST45",
    limit: "docs/threat-model.md#what-is-not-promised",
  },
  {
    id: "R5.2",
    claim: "A stolen browser profile yields nothing",
    by: ["P5.locked"],
    tests: "ST30, ST31, ST33, ST34, WE30, WE31",
  },
  {
    id: "R5.3",
    claim: "A swapped program takes no open window, and is told from the released one",
    by: ["P5.swapped", "P5.verified", "P5.split-release"],
    tests: "WE33, WE34, WE35, WE36, RE3, RE4, RE17, RE18, TE19, TE20, HM94, HM96",
  },
  { id: "R5.4", claim: "Anybody builds the same bytes", by: ["P5.rebuilt"], tests: "RE7, RE8, RE9" },
  { id: "R5.5", claim: "No file or page breaks out", by: ["P5.hostile", "P5.page"], tests: "WI2a, ME13, DS33" },
  {
    id: "R5.5b",
    claim: "A hostile mini program reads nothing of ours, sends nothing, and does not hold the app up",
    by: ["P5.programs-hostile", "P5.programs-floods"],
    tests: "PR1, PR5, PR10, PR11, PR14, PR30",
  },
  {
    id: "R6.2",
    claim: "The app is updated without a store, and without its own server",
    by: ["P6.updated"],
    tests: "HM79, RE3, RE4",
  },
  {
    id: "R6.3",
    claim: "Without its server the app opens, and goes on elsewhere",
    by: ["P6.cold"],
    tests: "WE14, WE141, HM51, F-homes-1",
  },
  { id: "R7.1", claim: "A family can host it", by: ["P6.home"], tests: "DS34" },
  { id: "R7.2", claim: "It needs no internet", by: ["P6.lan"], tests: "CA10, CA58" },
  {
    id: "R7.3",
    claim: "An account outlives its server",
    by: ["P6.moved"],
    tests: "HM44, HM50, HM51, HM63, WE141",
  },
  { id: "R7.4", claim: "A group outlives its server", by: ["P6.group"], tests: "GR22, HM51, HM69" },
  {
    id: "R8.3",
    claim: "A channel survives the end of its home",
    by: ["P4.mirror"],
    tests: "CH6, CH70, CH71, CH74",
  },
  { id: "R8.4", claim: "Nothing is filtered", by: ["P1.unfiltered"], tests: "F-1a-1" },
  {
    id: "R10.1",
    claim: "A home holds nothing of another home's people but what is sealed for its own",
    by: ["P1.homes"],
    tests: "PE20, PE43, PE44",
  },
  {
    id: "R10.3",
    claim: "The sale of a home hands over nothing that was said, and is seen where its key is another",
    by: ["P1.disk", "P1.memory", "P1.vault", "P1.keys", "P6.sold", "P6.moved"],
    tests: "HM73, HM74, HM75, HM116",
  },
  {
    id: "R10.4",
    claim: "The whole of the traffic is what the published protocol says",
    by: ["P1.frames"],
    tests: "WI1, WI43, PE6, PE20, PE44",
  },
];

/** With those that stand and fall with a feature. */
export const claims: readonly Claim[] = [...ofTheCore, ...testFeatures.flatMap((feature) => feature.claims ?? [])];

/** The last row is this list itself. */
export const ownClaim = {
  id: "R11",
  claim: "Claims come as evidence that anybody can run",
  tests: "SIM11",
} as const;

export function rowsOf(checks: readonly Check[], of: readonly Claim[] = claims): readonly ClaimRow[] {
  const rows = of.map((claim): ClaimRow => {
    const found = claim.by.map((id) => checks.find((check) => check.id === id));
    const here = found.filter((check) => check !== undefined);
    const absent = claim.by.filter((_, i) => found[i] === undefined);
    const figure = here.map(({ id, figure: seen }) => (here.length > 1 ? `${id}: ${seen}` : seen)).join("; ");
    return {
      ...claim,
      figure: absent.length === 0 ? figure : `not measured: ${absent.join(", ")}. ${figure}`,
      verdict: absent.length > 0 ? "missing" : worstOf(here, claim.limit !== undefined),
    };
  });
  return [...rows, ownRow(rows)];
}

function worstOf(checks: readonly Check[], mayBeLimit: boolean): Verdict {
  const verdicts = checks.map(({ verdict }) => verdict);
  for (const verdict of ["fail", "void"] as const) if (verdicts.includes(verdict)) return verdict;
  if (!verdicts.includes("limit")) return "pass";
  return mayBeLimit ? "limit" : "fail";
}

/** R11 holds when every row was measured and names what shows it; how each came out is in the rows. */
function ownRow(rows: readonly ClaimRow[]): ClaimRow {
  const measured = rows.filter((row) => holds(row) && row.tests !== "");
  const isWhole = rows.length > 0 && measured.length === rows.length;
  return {
    ...ownClaim,
    by: [],
    figure: `${measured.length} of ${rows.length} rows measured in this run, on a server and clients as they are shipped`,
    verdict: isWhole ? "pass" : "fail",
  };
}

/** What a run amounts to: 0 when every check and every row holds, 1 when one does not or was not measured. */
export function exitCodeOf(checks: readonly Check[], rows: readonly ClaimRow[]): 0 | 1 {
  return [...checks, ...rows].every(holds) ? 0 : 1;
}
