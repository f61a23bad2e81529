/**
 * Load: the load generator, in a process of its own so that its work is not counted as the server's.
 *
 *   bun bench/load.ts JOB      JOB is JSON (load/jobs.ts); the answer is one line of JSON on stdout
 */
import { runAbuse } from "./load/abuse.ts";
import { runFill, runReturn } from "./load/away.ts";
import { runEcho, runHold } from "./load/echo.ts";
import { runGather, runIdle } from "./load/idle.ts";
import type { Job, ResultOf } from "./load/jobs.ts";
import { runPeers, runPeersFill } from "./load/peers.ts";
import { runRegister } from "./load/register.ts";
import { runSoak } from "./load/soak.ts";
import { runStorm } from "./load/storm.ts";
import { runTraffic } from "./load/traffic.ts";
import { runVaults } from "./load/vaults.ts";

/** Runs a job in another process, which is stopped when it takes longer than `limitMs`. */
export function runLoad<J extends Job>(job: J, limitMs: number): Promise<ResultOf<J>> {
  return beginLoad(job, limitMs).result;
}

/** As `runLoad`, for a job that waits until it is told that it is enough. */
export function beginLoad<J extends Job>(job: J, limitMs: number) {
  const child = Bun.spawn([process.execPath, import.meta.path, JSON.stringify(job)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
  return { enough: () => void child.stdin.end(), result: resultOf(job, child, limitMs) };
}

async function resultOf<J extends Job>(
  job: J,
  child: Bun.Subprocess<"pipe", "pipe", "inherit">,
  limitMs: number,
): Promise<ResultOf<J>> {
  const [output, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  if (child.signalCode !== null) throw new Error(`the load generator (${job.kind}) did not end within ${limitMs} ms`);
  if (code !== 0) throw new Error(`the load generator (${job.kind}) failed with code ${code}`);
  return JSON.parse(output) as ResultOf<J>;
}

function run(job: Job): Promise<ResultOf<Job>> | ResultOf<Job> {
  switch (job.kind) {
    case "traffic":
      return runTraffic(job);
    case "register":
      return runRegister(job);
    case "idle":
      return runIdle(job);
    case "gather":
      return runGather(job);
    case "echo":
      return runEcho(job);
    case "fill":
      return runFill(job);
    case "return":
      return runReturn(job);
    case "storm":
      return runStorm(job);
    case "soak":
      return runSoak(job);
    case "hold":
      return runHold(job);
    case "abuse":
      return runAbuse(job);
    case "peers":
      return runPeers(job);
    case "peers-fill":
      return runPeersFill(job);
    case "vaults":
      return runVaults(job);
  }
}

if (import.meta.main) {
  const result = await run(JSON.parse(process.argv[2] ?? "") as Job);
  await Bun.write(Bun.stdout, `${JSON.stringify(result)}\n`);
  // Sockets that are still open would keep the process.
  process.exit(0);
}
