/**
 * Bare sockets. Echo: frames to a bare socket that sends them back; the most that any server of this runtime could do.
 */
import { cpuSeconds, rssBytes } from "../process.ts";
import type { EchoJob, EchoResult, HoldJob, HoldResult } from "./jobs.ts";
import { inParallel } from "./people.ts";

const openedAtOnce = 64;

export async function runEcho(job: EchoJob): Promise<EchoResult> {
  const frame = crypto.getRandomValues(new Uint8Array(job.frameBytes));
  let frames = 0;
  const sockets = await Promise.all(Array.from({ length: job.connections }, () => open(job.url)));
  for (const socket of sockets) {
    socket.onmessage = () => {
      frames++;
      socket.send(frame);
    };
    for (let i = 0; i < job.inFlight; i++) socket.send(frame);
  }
  await Bun.sleep(job.warmUpMs);
  const before = { ms: performance.now(), cpu: cpuSeconds(job.pid), frames };
  await Bun.sleep(job.measureMs);
  const after = { ms: performance.now(), cpu: cpuSeconds(job.pid), frames };
  for (const socket of sockets) socket.close();
  return {
    seconds: (after.ms - before.ms) / 1_000,
    serverCpuSeconds: after.cpu - before.cpu,
    frames: after.frames - before.frames,
  };
}

/** Connections that only wait, to see what each costs at least. */
export async function runHold(job: HoldJob): Promise<HoldResult> {
  await Bun.sleep(job.settleMs);
  const rssBefore = rssBytes(job.pid);
  const startedMs = performance.now();
  await inParallel(job.connections, openedAtOnce, async () => {
    await open(job.url);
  });
  const connectSeconds = (performance.now() - startedMs) / 1_000;
  await Bun.sleep(job.settleMs);
  return { rssBefore, rssAtAll: rssBytes(job.pid), connectSeconds };
}

function open(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => resolve(socket);
    socket.onclose = (event) => reject(new Error(`connection refused (${event.code})`));
  });
}
