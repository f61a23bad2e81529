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

/** Connections that wait, to see what each costs at least; or that hear, and say a word a second, as in a room. */
export async function runHold(job: HoldJob): Promise<HoldResult> {
  await Bun.sleep(job.settleMs);
  const rssBefore = rssBytes(job.pid);
  const startedMs = performance.now();
  const sockets: WebSocket[] = [];
  let frames = 0;
  await inParallel(job.connections, openedAtOnce, async () => {
    const socket = await open(job.url);
    socket.onmessage = () => {
      frames++;
    };
    sockets.push(socket);
  });
  const connectSeconds = (performance.now() - startedMs) / 1_000;
  const said = crypto.getRandomValues(new Uint8Array(job.sayBytes ?? 0));
  const saying = said.length > 0 ? sockets.map((socket) => setInterval(() => socket.send(said), 1_000)) : [];
  const before = { frames, cpu: cpuSeconds(job.pid) };
  await Bun.sleep(job.settleMs);
  const serverCpuSeconds = cpuSeconds(job.pid) - before.cpu;
  for (const timer of saying) clearInterval(timer);
  return { rssBefore, rssAtAll: rssBytes(job.pid), connectSeconds, frames: frames - before.frames, serverCpuSeconds };
}

function open(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => resolve(socket);
    socket.onclose = (event) => reject(new Error(`connection refused (${event.code})`));
  });
}
