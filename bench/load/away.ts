/**
 * Away: messages for people who are not connected, and what it takes to catch up with them.
 */
import { cpuSeconds } from "../process.ts";
import { middle } from "../rows.ts";
import { createGroup } from "./groups.ts";
import type { FillJob, FillResult, ReturnJob, ReturnResult } from "./jobs.ts";
import { acknowledgeSteadily, Member } from "./members.ts";
import { greet, inParallel, signIn } from "./people.ts";
import { people } from "./register.ts";
import { Sender } from "./sender.ts";

/** Gates that one connection may create within the hour. */
const groupsPerConnection = 500;
const groupsAtOnce = 16;
const inFlight = 64;
const receiveMsMax = 60_000;
/** Until what was acknowledged is off the disk (docs/spec/delivery.md DS19). */
const settledMs = 700;

export async function runFill(job: FillJob): Promise<FillResult> {
  const startedMs = performance.now();
  const everybody = await people(job.server, job.people);
  const groups = Math.ceil(job.people / 2);
  const posters = await Promise.all(
    Array.from({ length: Math.ceil(groups / groupsPerConnection) * groupsAtOnce }, () => greet(job.server.url)),
  );
  await inParallel(groups, groupsAtOnce, async (g) => {
    const { peer } = posters[g % posters.length] as (typeof posters)[number];
    const group = await createGroup(g, everybody.slice(2 * g, 2 * g + 2), peer);
    await fill(job, new Sender((await greet(job.server.url)).peer, g, { ...group, members: 0 }, job.envelopeBytes));
  });
  return { seconds: (performance.now() - startedMs) / 1_000, posts: groups * job.messagesEach };
}

/** Nobody is there to receive them, so each is done once it was answered. */
async function fill({ messagesEach }: FillJob, sender: Sender): Promise<void> {
  while (sender.posted < messagesEach || sender.inFlight > 0) {
    for (; sender.posted < messagesEach && sender.inFlight < inFlight; ) sender.postOnce(performance.now());
    await Bun.sleep(1);
    if (sender.refused > 0 || sender.closed) throw new Error("a message for somebody who is away was refused");
  }
  sender.end();
}

export async function runReturn(job: ReturnJob): Promise<ReturnResult> {
  const everybody = await people(job.server, job.people);
  const seconds: number[] = [];
  let received = 0;
  let repeated = 0;
  const cpuBefore = cpuSeconds(job.server.pid);
  for (const person of everybody) {
    const startedMs = performance.now();
    const member = new Member(await signIn(job.server.url, person, 1), undefined, () => undefined);
    const stopAcks = acknowledgeSteadily([member]);
    while (member.received < job.messagesEach && performance.now() - startedMs < receiveMsMax) await Bun.sleep(1);
    seconds.push((performance.now() - startedMs) / 1_000);
    stopAcks();
    member.acknowledge();
    received += member.received;
    repeated += member.repeated;
  }
  await Bun.sleep(settledMs);
  const serverCpuSeconds = cpuSeconds(job.server.pid) - cpuBefore;
  return { middleSeconds: middle(seconds), serverCpuSeconds, received, repeated };
}
