/**
 * The one client of all tabs. The leading tab runs it over the one database; the others send it requests. When the
 * leading tab closes, another opens the database and every tab subscribes to its views again, so that a person notices
 * nothing.
 */
import {
  type Client,
  type ClientApi,
  type ClientErrorCode,
  createClient,
  startWorkAhead,
  type ViewName,
  type Views,
} from "@yanshu/client";
import { type Emit, holdLeadership, isBroken, type Leadership, openLastingDatabase } from "@yanshu/store/browser";
import { createDeviceBackup, hasDeviceBackup } from "../shared/device-backup.ts";
import { appHome } from "./app-home.ts";
import { createLock, type Lock, type Store } from "./lock.ts";
import { browserPorts } from "./ports.ts";
import type { RunningClient, Surroundings } from "./serve.ts";
import { after } from "./timer.ts";

type View = { readonly tab: string; readonly id: number; readonly name: ViewName; readonly args: readonly unknown[] };
type Ask =
  | { readonly kind: "call"; readonly method: keyof ClientApi; readonly args: readonly unknown[] }
  | ({ readonly kind: "open" } & View)
  | { readonly kind: "close"; readonly tab: string; readonly id: number }
  | { readonly kind: "surroundings"; readonly tab: string; readonly online: boolean; readonly atWork: boolean };
type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly code: ClientErrorCode };
type Shown = { readonly tab: string; readonly id: number; readonly value: unknown };

const databaseName = "yanshu";

/** Idempotent methods: they are sent again when the leading tab closes before it has answered. */
const repeatable: ReadonlySet<keyof ClientApi> = new Set([
  "readLink",
  "linkCard",
  "myLink",
  "markRead",
  "setDraft",
  "openDirect",
  "recoveryCard",
  "hasPasskey",
  "pushKey",
  "lookForMessages",
  "searchMessages",
  "daysWithMessages",
]);

export async function startClient(): Promise<RunningClient> {
  const tab = crypto.randomUUID();
  const callbacks = new Map<number, { name: ViewName; args: readonly unknown[]; callback: (value: never) => void }>();
  let nextId = 1;
  let surroundings = { online: true, atWork: false };
  const isGone = holdTabLock(tab);
  const lock = createLock();
  const tabs = holdLeadership<Ask, Answer, Shown>(databaseName, (emit) => lead(tab, lock, emit));
  const ask = (request: Ask, again: boolean) => tabs.request(request, { repeatable: again });
  const tellSurroundings = () => void ask({ kind: "surroundings", tab, ...surroundings }, true).catch(() => undefined);
  const open = (id: number, name: ViewName, args: readonly unknown[]) =>
    void ask({ kind: "open", tab, id, name, args }, true).catch(() => undefined); // `onLeader` opens it again.

  tabs.onEvent((shown) => {
    if (shown.tab === tab) callbacks.get(shown.id)?.callback(shown.value as never);
  });
  tabs.onLeader(() => {
    for (const [id, { name, args }] of callbacks) open(id, name, args);
    tellSurroundings();
  });

  const api = new Proxy({} as ClientApi, {
    get:
      (_, method: keyof ClientApi) =>
      async (...args: readonly unknown[]) => {
        const answer = await ask({ kind: "call", method, args }, repeatable.has(method));
        if (answer.ok) return answer.value;
        throw Object.assign(new Error(answer.code), { name: "ClientError", code: answer.code });
      },
  });
  await isGone;

  return {
    api,
    subscribe<N extends ViewName>(name: N, args: Views[N]["args"], callback: (value: Views[N]["value"]) => void) {
      const id = nextId++;
      callbacks.set(id, { name, args, callback: callback as (value: never) => void });
      open(id, name, args);
      return () => {
        callbacks.delete(id);
        void ask({ kind: "close", tab, id }, true).catch(() => undefined);
      };
    },
    onBroken: (listener) => tabs.onFailure(listener),
    setSurroundings({ online, atWork }: Surroundings) {
      surroundings = { online, atWork };
      tellSurroundings();
    },
  };
}

/** Opens the database and runs the client for all tabs; called in the leading tab, which `own` is. */
async function lead(own: string, lock: Lock, emit: Emit<Shown>): Promise<Leadership<Ask, Answer>> {
  const store = await lock.store();
  /** Tabs in which somebody touches, scrolls or types now. */
  const atWork = new Set<string>();
  const isAtWork = () => atWork.size > 0;
  const open = new Map<string, () => void>();
  const watched = new Set<string>();
  const { client, close } = await begin(store, isAtWork, lock);

  function show({ tab, id, name, args }: View): () => void {
    return client.subscribe(name, args as never, (value) => emit({ tab, id, value }, tab === own ? "this tab" : "all"));
  }

  function watchTab(tab: string): void {
    if (watched.has(tab)) return;
    watched.add(tab);
    whenTabGoes(tab, () => dropTab(tab));
  }

  function dropTab(tab: string): void {
    watched.delete(tab);
    atWork.delete(tab);
    for (const [key, stop] of open) {
      if (!key.startsWith(`${tab} `)) continue;
      stop();
      open.delete(key);
    }
  }

  function serve(request: Ask): Answer | Promise<Answer> {
    switch (request.kind) {
      case "call":
        return call(client, request.method, request.args);
      case "open": {
        const { tab, id } = request;
        watchTab(tab);
        open.get(`${tab} ${id}`)?.();
        open.set(`${tab} ${id}`, show(request));
        return done;
      }
      case "close":
        open.get(`${request.tab} ${request.id}`)?.();
        open.delete(`${request.tab} ${request.id}`);
        return done;
      case "surroundings":
        watchTab(request.tab);
        if (request.atWork) atWork.add(request.tab);
        else atWork.delete(request.tab);
        client.network(request.online);
        return done;
    }
  }

  lock.opened(store, close);
  return { serve, stop: close };
}

type Begun = { readonly client: Client; readonly close: () => void };

/**
 * @param lock called once when the database is lost. `lost`: a device backup exists, so this worker ends, and the next
 * restores the device into a new database (ST42). `gone`: there is no backup, so this worker goes on (WE36).
 */
async function begin({ name, key }: Store, isAtWork: () => boolean, { lost, gone }: Lock): Promise<Begun> {
  const deviceBackup = createDeviceBackup(key);
  const mayLose = () => hasDeviceBackup(deviceBackup);
  const opened = await openLastingDatabase(name, { key, mayLose, lost, gone });
  try {
    const client = createClient(browserPorts(opened, deviceBackup, isAtWork, await appHome()));
    await client.start();
    const stopIndexing = startWorkAhead(after, client.workAhead, () => isAtWork() || client.isTakingIn());
    return {
      client,
      close() {
        stopIndexing();
        client.stop();
        opened.db.close();
      },
    };
  } catch (error) {
    // `lost` was called, and ends this worker.
    if (isBroken(error) && (await mayLose())) return new Promise<never>(() => undefined);
    opened.db.close();
    throw error;
  }
}

const done: Answer = { ok: true, value: undefined };

async function call(client: Client, method: keyof ClientApi, args: readonly unknown[]): Promise<Answer> {
  try {
    const work = client.api[method] as (...args: readonly unknown[]) => Promise<unknown>;
    return { ok: true, value: await work(...args) };
  } catch (error) {
    if (error instanceof Error && error.name === "ClientError" && "code" in error)
      return { ok: false, code: error.code as ClientErrorCode };
    console.error("The client failed while answering", method, error);
    return { ok: false, code: "refused" };
  }
}

/** Holds a Web Lock for as long as this tab lives, so that the leader notices when the tab closes. */
function holdTabLock(tab: string): Promise<void> {
  return new Promise((held) => {
    void navigator.locks.request(tabLock(tab), () => {
      held();
      return new Promise<never>(() => undefined);
    });
  });
}

function whenTabGoes(tab: string, run: () => void): void {
  void navigator.locks.request(tabLock(tab), run);
}

function tabLock(tab: string): string {
  return `${databaseName} tab ${tab}`;
}
