/**
 * Session: this window's worker, the connection to it, and what the page reports to it.
 */

import { effect, useComputed } from "@preact/signals";
import type { ClientErrorCode, Views } from "@yanshu/client";
import { t, wordsOfFeatures } from "../locales/i18n.ts";
import { CallError, type Connection, connectClient } from "../rpc.ts";
import type { PageView } from "../rpc-messages.ts";

export { CallError };

import { alarm } from "./alarm.ts";
import { toast } from "./toast.tsx";

/** Messages from before the worker was started; they are posted to it in order. */
const early: { readonly message: unknown; readonly transfer: Transferable[] | undefined }[] = [];
const listeners: ((event: MessageEvent) => void)[] = [];
let worker: Worker | undefined;

const connection: Connection = connectClient({
  postMessage(message, transfer) {
    if (worker === undefined) early.push({ message, transfer });
    else worker.postMessage(message, transfer ?? []);
  },
  addEventListener(_, listener) {
    listeners.push(listener);
  },
});

export const { api, broken, isBeside, ping } = connection;

/** Starts the worker; called after the first frame, because the worker is twice the size of what the frame needs. */
export function startSession(): void {
  const started = new Worker(new URL("../worker/main.ts", import.meta.url), { type: "module", name: "yanshu" });
  for (const listener of listeners) started.addEventListener("message", listener);
  worker = started;
  for (const { message, transfer } of early.splice(0)) started.postMessage(message, transfer ?? []);
  addEventListener("online", tell);
  addEventListener("offline", tell);
  document.addEventListener("visibilitychange", tell);
  effect(tell);
  // Without this permission the browser may clear the store when the disk fills; most grant it without asking.
  void navigator.storage?.persist?.().catch(() => false);
}

let atWork = false;

function tell(): void {
  const visible = document.visibilityState === "visible";
  // Under an alarm the client stays offline: nothing from home can be trusted.
  const online = navigator.onLine && alarm.value === undefined;
  connection.tellSurroundings({ online, visible, atWork });
}

/** Reports whether somebody touches, scrolls or types in this window now (WE2). */
export function tellAtWork(isAtWork: boolean): void {
  atWork = isAtWork;
  tell();
}

/** The current value of a view; undefined until the first has arrived. The component renders again at each change. */
export function useView<N extends PageView>(name: N, ...args: Views[N]["args"]): Views[N]["value"] | undefined {
  return connection.view(name, ...args).value;
}

/** Whether the view has arrived, and its value is undefined: what it would show does not exist. */
export function useNothing<N extends PageView>(name: N, ...args: Views[N]["args"]): boolean {
  const shown = connection.view(name, ...args);
  return shown.value === undefined && connection.isHere(shown).value;
}

export function useStatus() {
  const status = connection.view("status");
  return useComputed(() => status.value).value;
}

/** Sends a view's values to another worker by a port, past the page. Returns a function that ends it. */
export const handView: Connection["hand"] = connection.hand;

/** For code outside components. */
export const peekView: Connection["view"] = connection.view;

/** What the client refused it for. */
export function errorCode(error: unknown): ClientErrorCode {
  return error instanceof CallError ? error.code : "refused";
}

export function errorWords(error: unknown): string {
  const id = `error.${errorCode(error)}` as const;
  const words = t(id);
  return words === id ? t("error.refused") : words;
}

/**
 * Runs what a person asked for. When the client refuses it, shows why and returns undefined. @throws other errors.
 */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    await wordsOfFeatures().catch(() => undefined); // Most of these words come after the first screen.
    toast(errorWords(error));
    return undefined;
  }
}

/** As `attempt`, for work without a result: returns whether it was done. */
export async function succeeds(work: () => Promise<unknown>): Promise<boolean> {
  const done = await attempt(async () => {
    await work();
    return true;
  });
  return done === true;
}
