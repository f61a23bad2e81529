/** Remakes: a server whose tables are made anew in a thread of their own, whose time is not the test's. */
import { Database } from "bun:sqlite";
import { minuteMs } from "../core/rate.ts";
import type { Disk } from "../core/room.ts";
import { TestServer, type TestServerOptions } from "./test-server.ts";

export type Remakes = {
  readonly home: TestServer;
  /** The time of each try, in ms. */
  readonly begun: readonly number[];
  /** Lets so many minutes pass, and waits after each for the thread. */
  readonly minutes: (count: number) => Promise<void>;
};

export function remakes(options: TestServerOptions, disk?: Disk): Remakes {
  const begun: number[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const home: TestServer = new TestServer({
    ...options,
    between: ({ log, ...ports }) => ({
      ...ports,
      disk,
      log: {
        ...log,
        remake: (only, roomBytes) => {
          begun.push(home.clock.nowMs());
          const remade = log.remake(only, roomBytes);
          last = remade.catch(() => undefined);
          return remade;
        },
      },
    }),
  });
  const minutes = async (count: number) => {
    for (let minute = 0; minute < count; minute++) {
      await home.clock.pass(minuteMs);
      await last;
    }
  };
  return { home, begun, minutes };
}

/** How many pages a database's file has, and how many of them are free. */
export function pagesOf(path: string): { readonly all: number; readonly free: number } {
  const database = new Database(path);
  const [all, free] = ["page_count", "freelist_count"].map((name) =>
    Number(database.query(`PRAGMA ${name}`).values()[0]?.[0]),
  ) as [number, number];
  database.close(false);
  return { all, free };
}
