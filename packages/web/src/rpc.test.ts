/** The line between page and worker, over a real MessageChannel. */
import { afterEach, expect, test } from "bun:test";
import { effect } from "@preact/signals";
import type { ClientApi } from "@yanshu/client";
import { CallError, connectClient } from "./rpc.ts";
import type { Port } from "./rpc-messages.ts";
import { type RunningClient, type Surroundings, serveClient } from "./worker/serve.ts";

const opened: MessagePort[] = [];
afterEach(() => {
  for (const port of opened.splice(0)) port.close();
});

function line(starting: Promise<RunningClient>) {
  const { port1, port2 } = new MessageChannel();
  opened.push(port1, port2);
  port1.start();
  port2.start();
  serveClient(port2 as unknown as Port, starting);
  return connectClient(port1 as unknown as Port);
}

class ClientError extends Error {
  override name = "ClientError";
  readonly code = "bad-link";
}

function fakeClient(api: Partial<ClientApi>, over: Partial<RunningClient> = {}): RunningClient {
  return { api: api as ClientApi, subscribe: () => () => undefined, ...over };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

test("[WE1] a call is answered with the client's value", async () => {
  const { api } = line(
    Promise.resolve(fakeClient({ sendText: async (conversation, text) => `${conversation} ${text}` })),
  );
  expect(await api.sendText("ab", "你好")).toBe("ab 你好");
});

test("[WE1] a refusal keeps its code", async () => {
  const { api } = line(
    Promise.resolve(
      fakeClient({
        readLink: async () => {
          throw new ClientError();
        },
      }),
    ),
  );
  const error = await api.readLink("x").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CallError);
  expect((error as CallError).code).toBe("bad-link");
});

test("[WE1] calls made before the store is open wait, in order", async () => {
  const made: string[] = [];
  let open: (client: RunningClient) => void = () => undefined;
  const { api } = line(new Promise((resolve) => (open = resolve)));
  const first = api.setDraft("ab", "1");
  const second = api.setDraft("ab", "2");
  open(fakeClient({ setDraft: async (_, text) => void made.push(text) }));
  await Promise.all([first, second]);
  expect(made).toEqual(["1", "2"]);
});

test("[WE1] a client that cannot start refuses what waits and what comes", async () => {
  const { api, broken } = line(Promise.reject(new Error("no disk")));
  expect((await api.myLink().catch((error: unknown) => error)) as CallError).toMatchObject({ code: "storage" });
  expect(broken.value).toBe("storage");
  expect((await api.myLink().catch((error: unknown) => error)) as CallError).toMatchObject({ code: "storage" });
});

test("[HM97] where the program beside the browser has ended, what waits and what comes is refused, and the page knows why", async () => {
  const ended = Object.assign(new Error(), { name: "CoreEnded" });
  let end: (why?: unknown) => void = () => undefined;
  const running = {
    ...fakeClient({}),
    onBroken(listener: typeof end) {
      end = listener;
    },
  };
  const { api, broken } = line(Promise.resolve(running));
  await settled();
  expect(broken.value).toBeUndefined();
  end(ended);
  await settled();
  expect(broken.value).toBe("ended");
  expect((await api.myLink().catch((error: unknown) => error)) as CallError).toMatchObject({ code: "refused" });
  const never = line(Promise.reject(ended));
  await settled();
  expect(never.broken.value).toBe("ended");
});

test("[WE2] a view follows the client while somebody looks, and is opened once", async () => {
  let subscriptions = 0;
  let push: (value: never) => void = () => undefined;
  const connection = line(
    Promise.resolve(
      fakeClient(
        {},
        {
          subscribe: (_name, _args, callback) => {
            subscriptions += 1;
            push = callback as never;
            callback([] as never);
            return () => undefined;
          },
        },
      ),
    ),
  );
  const seen: unknown[] = [];
  const stop = effect(() => void seen.push(connection.view("contacts").value));
  const stopToo = effect(() => void connection.view("contacts").value);
  await settled();
  push(["somebody"] as never);
  await settled();
  expect(seen).toEqual([undefined, [], ["somebody"]]);
  expect(subscriptions).toBe(1);
  stop();
  stopToo();
  // Looking again at once finds the last value, without another subscription.
  expect(connection.view("contacts").value as unknown).toEqual(["somebody"]);
});

test("[WE310] what stays of a view is the same object for who looks", async () => {
  let push: (value: never) => void = () => undefined;
  const post = (id: string) => Object.freeze({ id });
  const [a, b] = [post("a"), post("b")];
  const connection = line(
    Promise.resolve(
      fakeClient(
        {},
        {
          subscribe: (_name, _args, callback) => {
            push = callback as never;
            return () => undefined;
          },
        },
      ),
    ),
  );
  const seen: (readonly object[] | undefined)[] = [];
  const look = () =>
    effect(() => void seen.push((connection.view("momentsNews").value as { posts: [] } | undefined)?.posts));
  const stop = look();
  await settled();
  push({ posts: [a, b] } as never);
  await settled();
  push({ posts: [post("c"), a, b] } as never);
  await settled();
  expect(seen.slice(1)).toEqual([
    [{ id: "a" }, { id: "b" }],
    [{ id: "c" }, { id: "a" }, { id: "b" }],
  ]);
  expect(seen[2]?.[1]).toBe(seen[1]?.[0] as object);
  expect(seen[2]?.[2]).toBe(seen[1]?.[1] as object);
  stop();
});

test("[WE2] the worker hears of network, visibility and hands at work", async () => {
  const heard: Surroundings[] = [];
  const connection = line(Promise.resolve(fakeClient({}, { setSurroundings: (now) => void heard.push(now) })));
  connection.tellSurroundings({ online: false, visible: true, atWork: true });
  await settled();
  expect(heard).toEqual([{ online: false, visible: true, atWork: true }]);
});

test("[CA100] keys of frames go from worker to worker by a port of their own; a page that asks for them is told nothing", async () => {
  const asked: string[] = [];
  let ended = 0;
  let tell: (value: never) => void = () => undefined;
  const connection = line(
    Promise.resolve(
      fakeClient(
        {},
        {
          subscribe: (name, _, callback) => {
            asked.push(name);
            tell = callback as typeof tell;
            return () => ended++;
          },
        },
      ),
    ),
  );
  const ask = connection.view as unknown as (name: string) => { readonly value: unknown };
  const stop = effect(() => void ask("frameKeys").value);
  await settled();
  expect(asked).toEqual([]);
  stop();
  const { port1, port2 } = new MessageChannel();
  opened.push(port1);
  const told: unknown[] = [];
  port1.onmessage = ({ data }) => told.push(data);
  const end = connection.hand("frameKeys", port2);
  await settled();
  const keys = { own: { kid: 16, seat: 0, key: Uint8Array.of(1, 2) }, others: [] };
  tell(keys as never);
  await settled();
  expect(told).toEqual([keys]);
  end();
  await settled();
  expect(ended).toBe(1);
});
