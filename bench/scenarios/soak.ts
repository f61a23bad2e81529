/**
 * Soak: a server that lives on. People write, leave and come back, and its memory must not grow.
 */
import { limits } from "@yanshu/wire";
import { runLoad } from "../load.ts";
import { row } from "../rows.ts";
import { withServer } from "../server.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";
import { faultRow } from "./traffic-rows.ts";

/** In the later half: what is kept for ten minutes (docs/spec/delivery.md DS14), and ten more, has its size by then. */
const goal = { atMost: 10 };

export const soak: Scenario = {
  name: "soak",
  isLong: true,
  about:
    "200 devices in groups of four write 200 messages a second while five connections end each second and come back within four; an hour, or as long as --minutes says; the slope is that of the later half, each point the mean of ten minutes",
  run: async (conditions) => {
    const seconds = conditions.quick ? 6 : conditions.lasting.soakMinutes * 60;
    const result = await withServer((server) =>
      runLoad(
        {
          kind: "soak",
          server,
          groups: conditions.quick ? 5 : 50,
          membersPerGroup: 4,
          postsPerSecond: conditions.quick ? 50 : 200,
          leavesPerSecond: 5,
          seconds,
        },
        seconds * 1_000 + 240_000,
      ),
    );
    const later = levelled(result.rss, limits.repeatMinutes * 60).filter(({ atSeconds }) => atSeconds >= seconds / 2);
    return [
      row(
        "soak: growth of the server's memory, later half",
        (slope(later) * 3_600) / 2 ** 20,
        "MiB/h",
        unlessQuick(conditions, goal),
      ),
      row("soak: server RSS, at the end", (result.rss.at(-1)?.bytes ?? Number.NaN) / 2 ** 20, "MiB"),
      row("soak: lasted", seconds / 60, "min"),
      row("soak: messages", result.posts, "messages"),
      row("soak: connections that ended and came back", result.leaves, "connections"),
      row("soak: server's share of a core", result.serverCpuSeconds / seconds, "cores"),
      faultRow("soak:", result),
    ];
  },
};

type Point = { readonly atSeconds: number; readonly bytes: number };

/**
 * The mean of what came before each moment, as far back as `seconds`; of all where there is no more. What is kept by
 * generations of that length rises and falls with them, and that is no growth.
 */
export function levelled(points: readonly Point[], seconds: number): readonly Point[] {
  return points.map(({ atSeconds }) => {
    const some = points.filter((one) => one.atSeconds > atSeconds - seconds && one.atSeconds <= atSeconds);
    return { atSeconds, bytes: some.reduce((sum, { bytes }) => sum + bytes, 0) / some.length };
  });
}

/** Bytes a second, by least squares. */
export function slope(points: readonly Point[]): number {
  const mean = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(({ atSeconds }) => atSeconds), mean(({ bytes }) => bytes)];
  const covariance = mean(({ atSeconds, bytes }) => (atSeconds - x) * (bytes - y));
  return covariance / mean(({ atSeconds }) => (atSeconds - x) ** 2);
}
