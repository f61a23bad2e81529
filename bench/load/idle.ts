/**
 * Idle: many devices sign in and then wait, as nearly all do nearly always. Memory is read with no connection, with
 * some and with all, and with the second connection that each device has; at the end a post to a few shows that they
 * are really there.
 */
import { encodeParts, encodePost } from "@yanshu/wire";
import { cpuSeconds, rssBytes } from "../process.ts";
import type { GatherJob, GatherResult, IdleJob, IdleResult } from "./jobs.ts";
import type { Peer } from "./peer.ts";
import { greet, inParallel, type Person, signIn } from "./people.ts";
import { people } from "./register.ts";

const atOnce = 64;
/** Servers that share a database take much together: a transaction at a time, of all of them. */
const gatheredAtOnce = 512;
const triedMax = 100;
const receiveMsMax = 5_000;

export async function runIdle(job: IdleJob): Promise<IdleResult> {
  const { server } = job;
  const everybody = await people(server, job.people);
  const peers: Peer[] = [];
  let disconnected = 0;
  await Bun.sleep(job.settleMs);
  const rssBefore = rssBytes(server.pid, "nobody");
  const cpuBefore = cpuSeconds(server.pid);
  const startedMs = performance.now();

  const stays = (peer: Peer): void => {
    peer.listener = {
      pushed: () => undefined,
      answered: () => undefined,
      closed: () => {
        disconnected++;
      },
    };
  };

  async function connect(from: number, to: number): Promise<void> {
    await inParallel(to - from, atOnce, async (i) => {
      const peer = await signIn(server.url, everybody[from + i] as Person, 1);
      stays(peer);
      peers[from + i] = peer;
    });
  }

  await connect(0, job.first);
  const firstMs = performance.now() - startedMs;
  await Bun.sleep(job.settleMs);
  const rssAtFirst = rssBytes(server.pid, "some");
  const secondMs = performance.now();
  await connect(job.first, job.people);
  const connectSeconds = (firstMs + performance.now() - secondMs) / 1_000;
  const serverCpuSeconds = cpuSeconds(server.pid) - cpuBefore;
  await Bun.sleep(job.settleMs);
  const rssAtAll = rssBytes(server.pid, "all");
  const anonymous: Peer[] = [];
  await inParallel(job.second, atOnce, async () => {
    const { peer } = await greet(server.url);
    stays(peer);
    anonymous.push(peer);
  });
  await Bun.sleep(job.settleMs);
  const rssWithSecond = rssBytes(server.pid, "second");
  const tried = Math.min(triedMax, job.people);
  const received = await writeTo(server.url, everybody, peers, tried);
  return {
    rssBefore,
    rssAtFirst,
    rssAtAll,
    rssWithSecond,
    connectSeconds,
    serverCpuSeconds,
    tried,
    received,
    disconnected,
  };
}

export async function runGather({ urls, from, to }: GatherJob): Promise<GatherResult> {
  const [url = ""] = urls;
  const everybody = await people({ url }, to, from);
  const peers: Peer[] = [];
  let disconnected = 0;
  const startedMs = performance.now();
  await inParallel(everybody.length, gatheredAtOnce, async (i) => {
    const peer = await signIn(urls[i % urls.length] as string, everybody[i] as Person, 1);
    peer.listener = {
      pushed: () => undefined,
      answered: () => undefined,
      closed: () => {
        disconnected++;
      },
    };
    peers[i] = peer;
  });
  const connectSeconds = (performance.now() - startedMs) / 1_000;
  for await (const _ of Bun.stdin.stream()); // Until whoever began this says that it is enough.
  const tried = Math.min(triedMax, everybody.length);
  const received = await writeTo(url, everybody, peers, tried);
  return { connectSeconds, tried, received, disconnected };
}

/** Posts to devices spread over all; answers how many received it. */
async function writeTo(
  url: string,
  everybody: readonly Person[],
  peers: readonly Peer[],
  count: number,
): Promise<number> {
  const { peer: poster } = await greet(url);
  let received = 0;
  for (let k = 0; k < count; k++) {
    const at = Math.floor((k * everybody.length) / count);
    const listener = (peers[at] as Peer).listener;
    if (listener === undefined) continue;
    (peers[at] as Peer).listener = {
      ...listener,
      pushed: () => {
        received++;
      },
    };
    const target = { kind: "address", address: (everybody[at] as Person).address } as const;
    const envelope = crypto.getRandomValues(new Uint8Array(300));
    const request = poster.nextRequest();
    await poster.post(request, encodePost(request, { mode: "deposit" }, encodeParts([{ target, envelope }])));
  }
  const untilMs = performance.now() + receiveMsMax;
  while (received < count && performance.now() < untilMs) await Bun.sleep(20);
  return received;
}
