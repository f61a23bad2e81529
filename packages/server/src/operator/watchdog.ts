/**
 * Watchdog: tells systemd that the server is ready, that it is still there, and that it ends (docs/spec/delivery.md
 * DS149; sd_notify(3)). The message goes through `systemd-notify`, since JavaScript has no Unix datagram sockets.
 * Without systemd nothing happens. A timer sends it, so systemd restarts a server whose event loop stands still; a
 * database that is away stops no timer, and restarts nothing (DS81).
 */
import { spawn } from "node:child_process";

export type Notifier = {
  readonly ready: () => void;
  readonly going: () => void;
  readonly stop: () => void;
};

export function notifier(env: Readonly<Record<string, string | undefined>>): Notifier {
  if (env["NOTIFY_SOCKET"] === undefined)
    return { ready: () => undefined, going: () => undefined, stop: () => undefined };
  const everyMs = Number(env["WATCHDOG_USEC"] ?? Number.NaN) / 1_000 / 3;
  const tell = (...said: readonly string[]) => {
    const child = spawn("systemd-notify", [`--pid=${process.pid}`, ...said], { stdio: "ignore", env: process.env });
    child.on("error", () => undefined); // It is not there: systemd will say what it misses.
    child.unref();
  };
  const timer = everyMs > 0 ? setInterval(() => tell("WATCHDOG=1"), everyMs) : undefined;
  timer?.unref();
  return {
    ready: () => tell("--ready"),
    going: () => tell("--stopping"),
    stop: () => clearInterval(timer),
  };
}
