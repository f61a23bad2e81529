/** Status: the running server's report to its operator (docs/spec/delivery.md DS35, DS144). */
import type { Counts } from "./counts.ts";
import type { ProcessCounts } from "./metrics.ts";
import type { RefusalCounts } from "./refusals.ts";
import { counted, type Fact, facts, lasting, sized } from "./words.ts";

type AllCounts = Counts & ProcessCounts;

export type Status = {
  readonly domain: string;
  readonly isReady: boolean;
  /** The reason if it is not ready. */
  readonly why: string;
  readonly upMs: number;
  readonly freeBytes: number;
  /** The last day of its certificate; null: it has none, as behind a proxy. */
  readonly certificateEnds: string | null;
  /** Null while the database is away, which most of them are of. */
  readonly counts: AllCounts | null;
  readonly refusals: RefusalCounts;
};

/** People notice longer delays. */
const slowMs = 250;

function waits(ms: number): string {
  return `${Math.round(ms).toLocaleString("en")} ms`;
}

/** Holes of Moments are reported from half of their room on: no user could be asked to make room (MO40). */
const holesToldFrom = 0.5;

/** What the operator should look into. Counts that could not be read are null. */
function troubleOf(counts: AllCounts): readonly string[] {
  const found = [
    counts.damage > 0 ? `THE DATABASE IS DAMAGED (${counted(counts.damage, "fault")}): see \`check\`` : "",
    counts.tight === 1 ? "NO ROOM: nothing is taken that makes the disk fuller" : "",
    counts.remakeLackingBytes > 0
      ? `TRACES of what was deleted stay: ${sized(counts.remakeLackingBytes)} more room is needed`
      : "",
    counts.failedWrites > 0 ? `${counted(counts.failedWrites, "write")} found no room` : "",
    counts.commitFailures > 0 ? `${counted(counts.commitFailures, "transaction")} failed` : "",
    counts.faults > 0 ? `${counted(counts.faults, "fault")} of the server's own: see its log` : "",
    counts.slowReaders > 0 ? `${counted(counts.slowReaders, "connection")} closed for not reading` : "",
    counts.holeBytes >= holesToldFrom * counts.holeRoom
      ? `holes of Moments take ${Math.floor((100 * counts.holeBytes) / counts.holeRoom)} % of their room (--moments-gib)`
      : "",
    counts.eventLoopDelayP99Ms > slowMs ? `it is slow: others wait ${waits(counts.eventLoopDelayP99Ms)}` : "",
  ].filter((said) => said !== "");
  return found.length === 0 ? ["none"] : found;
}

function countLines(counts: AllCounts, upMs: number, freeBytes: number): readonly Fact[] {
  return [
    [
      "people",
      `${counted(counts.accounts, "account")}, ${counted(counts.devices, "device")}, ${counts.signedIn.toLocaleString("en")} connected`,
    ],
    [
      "came",
      `${counts.cameInvited} by invitations, ${counts.cameByStanding} by the standing one`,
      `${counts.cameByMembers} by members' links`,
    ],
    [
      "messages",
      `${counted(counts.posts, "post")} taken, ${counts.pushes.toLocaleString("en")} pushed, ${counts.outstanding.toLocaleString("en")} on their way`,
    ],
    [
      "room",
      `${sized(freeBytes)} free`,
      `database ${sized(counts.bytes)}, ${counted(counts.blobs, "file")} of ${sized(counts.blobBytes)}`,
      `${counted(counts.holes, "hole")} of ${sized(counts.holeBytes)} (room for ${sized(counts.holeRoom)})`,
    ],
    [
      "process",
      `${sized(counts.rssBytes)} of memory, ${((100 * counts.cpuMs) / Math.max(1, upMs)).toFixed(1)} % of a core`,
    ],
    [
      "waits",
      `${waits(counts.eventLoopDelayMaxMs)} at most, ${waits(counts.eventLoopDelayP99Ms)} of 99 in 100, within the last minute`,
    ],
  ];
}

export function statusText({
  domain,
  isReady,
  why,
  upMs,
  freeBytes,
  certificateEnds,
  counts,
  refusals,
}: Status): string {
  const refused = Object.entries(refusals)
    .toSorted(([, a], [, b]) => b - a)
    .map(([code, count]) => `${code} ${count.toLocaleString("en")}`);
  const lines: Fact[] = [
    ...(counts === null ? [["room", `${sized(freeBytes)} free`] as Fact] : countLines(counts, upMs, freeBytes)),
    ["refused", ...(refused.length === 0 ? ["nothing"] : refused)],
    ["trouble", ...(counts === null ? ["THE DATABASE IS AWAY: people and messages are not known"] : troubleOf(counts))],
  ];
  if (certificateEnds !== null) lines.push(["certificate", `until ${certificateEnds}`]);
  const state = isReady ? "ready" : `NOT READY: ${why}`;
  return `${domain}: ${state}, running for ${lasting(upMs)}\n\n${facts(lines)}\n\nSince the start, where it is a sum.`;
}
