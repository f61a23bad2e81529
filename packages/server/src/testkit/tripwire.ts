/**
 * Tripwire: stands between a server and all that it reaches outside itself, and throws where a test says so. It knows
 * every function that was called through it by its path, so that a test tries each of them without having to name any:
 * one that is added later is tried too.
 */
import { Faults } from "../core/faults.ts";
import type { Clock } from "../core/ports.ts";

/** What it throws says something that nobody shall log. */
export const secretOfFault = "secret-0123456789";

class Tripped extends Error {
  readonly path: string;

  constructor(path: string) {
    super(secretOfFault);
    this.path = path;
  }
}

export class Tripwire {
  /** How often each was called while it watched. */
  readonly seen = new Map<string, number>();
  isWatching = false;
  /** Those that threw, and those of which a fault was counted. */
  readonly tripped = new Set<string>();
  readonly noticed = new Set<string>();
  /** The one that is running. */
  private timer = "";
  /** How often each of them throws. */
  readonly times: number;
  private readonly left: Map<string, number>;

  /** @param paths the functions that throw, each the first so many `times` that it is called while it watches. */
  constructor(paths: readonly string[] = [], times = 1) {
    this.times = times;
    this.left = new Map(paths.map((path) => [path, times]));
  }

  around<T extends object>(name: string, port: T): T {
    const inner = new Map<PropertyKey, unknown>();
    return new Proxy(port, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        const path = `${name}.${String(key)}`;
        const known = inner.get(key);
        if (known !== undefined) return known;
        if (typeof value === "function") return this.remembered(inner, key, this.calling(path, value.bind(target)));
        const isPort =
          typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
        return isPort ? this.remembered(inner, key, this.around(path, value)) : value;
      },
    });
  }

  /** Timers are known by who sets them. */
  timers(clock: Clock): Clock {
    return {
      nowMs: clock.nowMs,
      after: (delayMs, work) => {
        const path = `timer of ${setterIn(new Error().stack ?? "")}`;
        return clock.after(delayMs, () => {
          this.timer = path;
          work();
        });
      },
    };
  }

  /** What is guarded throws at its end, since what it begins with is tried by what it calls. */
  guarding(tell: (line: string) => void): Faults {
    const ended = (place: string) => this.pass(place === "a timer" ? this.timer : `guard of ${place}`);
    const { noticed } = this;
    return new (class extends Faults {
      override caught(place: string, error: unknown): void {
        if (error instanceof Tripped) noticed.add(error.path);
        super.caught(place, error);
      }

      override guarded(place: string, work: () => void): boolean {
        return super.guarded(place, () => {
          work();
          ended(place);
        });
      }
    })(tell);
  }

  calling(path: string, work: (...args: never[]) => unknown): (...args: never[]) => unknown {
    return (...args) => {
      if (path.endsWith(".close")) work(...args); // What cannot be closed is gone all the same.
      this.pass(path);
      return path.endsWith(".close") ? undefined : work(...args);
    };
  }

  private pass(path: string): void {
    if (!this.isWatching) return;
    this.seen.set(path, (this.seen.get(path) ?? 0) + 1);
    const left = this.left.get(path) ?? 0;
    if (left === 0) return;
    this.left.set(path, left - 1);
    this.tripped.add(path);
    throw new Tripped(path);
  }

  private remembered<T>(inner: Map<PropertyKey, unknown>, key: PropertyKey, value: T): T {
    inner.set(key, value);
    return value;
  }
}

/** The function in the server that asked for a timer. */
function setterIn(stack: string): string {
  const line = stack.split("\n").find((each) => /packages\/server\/src\/(?!testkit|core\/faults)/.test(each));
  return /at (?:new )?([\w.$<>]+) \(/.exec(line ?? "")?.[1] ?? "somebody";
}
