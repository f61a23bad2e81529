/**
 * Attend: what runs beside a server for its operator: the control socket, the log of refusals, and systemd's watchdog.
 */
import { existsSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Serving } from "../gateway/bun.ts";
import { LogAwayError } from "../log/log.ts";
import type { Options } from "../options.ts";
import type { StandingInvitation } from "../token.ts";
import { listenControl } from "./bun-control.ts";
import { limitsOf } from "./limits.ts";
import { type Front, frontFile, inviteActs } from "./server-acts.ts";
import type { Status } from "./status.ts";
import { notifier } from "./watchdog.ts";

const newsMs = 10 * 60_000;

export type Attended = {
  readonly front: Front;
  /** Call when the server begins to shut down. */
  readonly going: () => void;
  readonly stop: () => Promise<void>;
};

export function attend(serving: Serving, options: Options, standing: StandingInvitation): Attended {
  const { server, port } = serving;
  const beganMs = performance.now();
  const front: Front = {
    origin: options.origin.replace(/:0$/, `:${port}`),
    domain: options.domain.replace(/:0$/, `:${port}`),
    standing: () => standing.token(),
    renewStanding: () => standing.renew(),
  };
  keepFront(options.data, front);
  const ready = () => readiness(options, port);
  const status = async (): Promise<Status> => ({
    domain: front.domain,
    ...(await ready()),
    upMs: Math.round(performance.now() - beganMs),
    freeBytes: roomLeft(options.data),
    certificateEnds: dayOf(serving.certificateEndsMs()),
    counts: countsOf(serving),
    refusals: server.refusals.all(),
  });
  const stopControl = listenControl(options.data, {
    ready,
    status,
    limits: () => limitsOf(options),
    ...inviteActs(server.acts, front, () => Date.now()),
    ...server.featureActs(),
  });
  const news = setInterval(() => {
    const said = server.refusals.news();
    if (said !== undefined) process.stderr.write(`yanshu: ${said}\n`);
  }, newsMs);
  const systemd = notifier(process.env);
  systemd.ready();
  return {
    front,
    going: () => systemd.going(),
    stop: async () => {
      clearInterval(news);
      systemd.stop();
      await stopControl();
    },
  };
}

/** @returns null while the database is away. */
function countsOf(serving: Serving): Status["counts"] {
  try {
    return serving.counts();
  } catch (error) {
    if (error instanceof LogAwayError) return null;
    throw error;
  }
}

/** Requests `/readyz` through the server's own port, which also shows that it listens. */
async function readiness(
  { host, tls }: Options,
  port: number,
): Promise<{ readonly isReady: boolean; readonly why: string }> {
  const at = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  try {
    const answer = await fetch(
      `${tls === undefined ? "http" : "https"}://${at.includes(":") ? `[${at}]` : at}:${port}/readyz`,
      {
        signal: AbortSignal.timeout(5_000),
        tls: { rejectUnauthorized: false }, // It connects to this machine by address, which no certificate names.
      },
    );
    const why = (await answer.text()).trim();
    return { isReady: answer.ok, why: answer.ok ? "" : why };
  } catch {
    return { isReady: false, why: "its port does not answer" };
  }
}

/** Writes where links lead, for commands while no server runs. If the disk is full, the file stays as it was. */
function keepFront(folder: string, { origin, domain }: Front): void {
  const path = join(folder, frontFile);
  const said = JSON.stringify({ origin, domain });
  try {
    if (!existsSync(path) || readFileSync(path, "utf8") !== said) writeFileSync(path, said, { mode: 0o600 });
  } catch {
    // There is no room for it.
  }
}

function roomLeft(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function dayOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString().slice(0, 10);
}
