/**
 * Moments, the server's side (docs/spec/moments.md HO2, HO3): what a post to 500 friends and a look at them cost home,
 * each on a connection of its own, with 200,000 holes there.
 */
import { join } from "node:path";
import { openSqliteLog } from "@yanshu/server";
import {
  type Bytes,
  encodeCall,
  encodeResult,
  holeLimits,
  holeTokens,
  packNames,
  type UploadToken,
} from "@yanshu/wire";
import { withFolder } from "../folder.ts";
import { greet, type Person, signIn } from "../load/people.ts";
import { people, registerAll } from "../load/register.ts";
import { drawTokens } from "../load/tokens.ts";
import { cpuSeconds } from "../process.ts";
import { row } from "../rows.ts";
import { withServerOn } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const friends = 500;
/** The step of 500 friends (MO4). */
const cells = 512;
const cellBytes = 96;
/** A header, and the shortest word. */
const likeBytes = [128, 256] as const;
/** A cell and a header of each friend are looked for. */
const namesEach = 2;
const perTransaction = 1_000;
const round = () => Array.from({ length: cells }, () => ({ secret: random(32), value: random(cellBytes) }));
const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

export const moments: Scenario = {
  name: "moments",
  about:
    "a post to 500 friends (a round of 512 holes for 400 days, five tokens), a like (one token) and a look at them (1,000 starts), each on a connection of its own, with 200,000 holes at home, as each day's remake leaves them (HO20); what the server works for each, once it has done some of each",
  run: ({ quick, ...conditions }) =>
    withFolder(async (folder) => {
      const [standing, warm, posts, looks] = quick ? [1_000, 1, 2, 3] : [200_000, 20, 40, 400];
      await fill(join(folder, "yanshu.db"), standing);
      return withServerOn(
        folder,
        "asShipped",
        async (server) => {
          const [person] = (await people(server, 1)) as [Person];
          await registerAll(server, [person]);
          const member = await signIn(server.url, person, 0);
          let [taken, found] = [0, 0];
          const posted = async (count: number) => {
            const days = 400;
            const rounds = Array.from({ length: count }, () => round());
            const each = holeTokens(rounds[0] ?? [], days);
            // What is larger than a message is paid for besides (WI23).
            const tokens = [...(await drawTokens(member, server.url, (each + 1) * count))];
            const before = cpuSeconds(server.pid);
            for (const holes of rounds) {
              const { peer } = await greet(server.url);
              await peer.call("pay", { token: tokens.pop() as UploadToken });
              const answer = await peer.call("putHoles", { tokens: tokens.splice(-each), days, holes });
              taken += answer.taken.length;
              peer.close();
            }
            return ((cpuSeconds(server.pid) - before) / count) * 1_000;
          };
          const liked = async (count: number) => {
            const tokens = await drawTokens(member, server.url, count);
            const before = cpuSeconds(server.pid);
            for (const token of tokens) {
              const { peer } = await greet(server.url);
              const holes = likeBytes.map((length) => ({ secret: random(32), value: random(length) }));
              const answer = await peer.call("putHoles", { tokens: [token], days: 180, holes });
              taken += answer.taken.length;
              peer.close();
            }
            return ((cpuSeconds(server.pid) - before) / count) * 1_000;
          };
          const starts = () =>
            packNames(
              Array.from({ length: namesEach * friends }, () => random(16)),
              holeLimits.startBytes,
            );
          const looked = async (count: number) => {
            const before = cpuSeconds(server.pid);
            for (let i = 0; i < count; i++) {
              const { peer } = await greet(server.url);
              const answer = await peer.call("lookHoles", { starts: starts() });
              found += answer.found.filter((byte) => byte !== 0).length;
              peer.close();
            }
            return ((cpuSeconds(server.pid) - before) / count) * 1_000;
          };
          for (const each of [posted, liked, looked]) await each(warm);
          const [postMs, likeMs, lookMs] = [await posted(posts), await liked(10 * posts), await looked(looks)];
          member.close();
          const lookBytes =
            encodeCall(1, "lookHoles", { starts: starts() }).length +
            encodeResult(1, "lookHoles", { found: new Uint8Array((namesEach * friends) / 8) }).length;
          const postBytes = encodeCall(1, "putHoles", {
            tokens: [],
            days: 400,
            holes: round(),
          }).length;
          const all = { quick, ...conditions };
          return [
            row("moments: server CPU a post to 500 friends", postMs, "ms", unlessQuick(all, { atMost: 20 })),
            row("moments: server CPU a like", likeMs, "ms", unlessQuick(all, { atMost: 2 })),
            row("moments: bytes of a post to 500 friends", postBytes, "bytes", { atMost: 100_000 }),
            row("moments: server CPU a look at 500 friends", lookMs, "ms", unlessQuick(all, { atMost: 8 })),
            row("moments: bytes of a look at 500 friends", lookBytes, "bytes", { atMost: 8_192 }),
            row("moments: holes taken or found that nobody put", taken + found, "holes", { atMost: 0 }),
          ];
        },
        { options: ["--new-file-tokens", "1024"] },
      );
    }),
};

async function fill(path: string, holes: number): Promise<void> {
  const log = openSqliteLog(path);
  for (let done = 0; done < holes; done += perTransaction)
    log.transaction(() =>
      log.features.moments.put(
        Array.from({ length: perTransaction }, () => ({
          name: random(holeLimits.nameBytes),
          value: random(cellBytes),
          expiresDay: 99_999,
          before: undefined,
        })),
      ),
    );
  await log.remake(["holes"]);
  log.tidy();
  log.close();
}
