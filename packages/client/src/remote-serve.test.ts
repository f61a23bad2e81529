import { expect, test } from "bun:test";
import { remoteClient } from "./remote-client.ts";
import { serveRemote } from "./remote-serve.ts";

type Client = Parameters<typeof serveRemote>[0];

function line(api: object, opened: string[] = []) {
  const reports: unknown[] = [];
  const client = {
    api,
    subscribe: (name: string, _: unknown, callback: (value: unknown) => void) => {
      opened.push(name);
      callback(`${name} now`);
      return () => opened.splice(opened.indexOf(name), 1);
    },
  } as unknown as Client;
  const serving = serveRemote(client, {
    send: (bytes) => queueMicrotask(() => screens.take(bytes)),
    surroundings: () => undefined,
    report: (error) => reports.push(error),
  });
  const screens = remoteClient((bytes) => serving.take(bytes));
  return { serving, screens, reports };
}

test("[HM95] more calls or views at once than screens ever have end the line", async () => {
  const never = () => new Promise(() => undefined);
  const { screens } = line({ myLink: never });
  for (let n = 0; n < 2_000; n++) void screens.api.myLink().catch(() => undefined);
  expect(() => screens.subscribe("status", [], () => undefined)).not.toThrow();
  await expect(screens.api.myLink()).rejects.toThrow("too many calls");
  for (let n = 1; n < 2_000; n++) screens.subscribe("status", [], () => undefined);
  expect(() => screens.subscribe("status", [], () => undefined)).toThrow("too many views");
});

test("[HM95] a line that ends takes its views along, and what reads a file of its page is told", async () => {
  const opened: string[] = [];
  let read: Promise<unknown> | undefined;
  const { serving, screens, reports } = line(
    {
      setPicture: async (source: Blob) => {
        read = source.slice(0, 3).arrayBuffer();
        await read;
      },
      myLink: async () => {
        throw new Error("a bug");
      },
    },
    opened,
  );
  const shown: unknown[] = [];
  const stop = screens.subscribe("status", [], (value) => shown.push(value));
  screens.subscribe("chats", [], () => undefined);
  await Bun.sleep(0);
  expect([shown, opened]).toEqual([["status now"], ["status", "chats"]]);
  stop();
  expect(opened).toEqual(["chats"]);
  // A bug is told here, and the screens learn nothing of it.
  await expect(screens.api.myLink()).rejects.toMatchObject({ code: "refused" });
  expect(reports).toHaveLength(1);
  const gone = { size: 3, slice: () => ({ arrayBuffer: () => Promise.reject(new Error("moved away")) }) };
  class Odd {
    readonly size = gone.size;
    slice = gone.slice;
  }
  const api = screens.api as unknown as { setPicture: (source: unknown) => Promise<void> };
  await expect(api.setPicture(new Odd())).rejects.toMatchObject({ code: "refused" });
  serving.end();
  expect(opened).toEqual([]);
  screens.lost();
  await expect(screens.api.myLink()).rejects.toMatchObject({ code: "refused" });
});
