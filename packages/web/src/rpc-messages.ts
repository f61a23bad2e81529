/**
 * Messages between the page and the worker: plain values only. The page's requests carry an id, which the worker's
 * answer repeats. A subscription has an id too, until the page closes it.
 */
import type { ClientApi, ClientErrorCode, ViewName } from "@yanshu/client";
import type { Lean } from "./lean.ts";

export type ApiMethod = keyof ClientApi;

/** Views that are sent to another worker by a port of its own; the worker refuses them to a page. */
export type WorkerView = "frameKeys";
const workerViews: readonly ViewName[] = ["frameKeys"] satisfies readonly WorkerView[];
export type PageView = Exclude<ViewName, WorkerView>;
export const isForPages = (name: ViewName): name is PageView => !workerViews.includes(name);

export type ToWorker =
  /** Answered at once, also while the client is still starting. */
  | { readonly kind: "ping"; readonly id: number }
  | { readonly kind: "call"; readonly id: number; readonly method: ApiMethod; readonly args: readonly unknown[] }
  | { readonly kind: "open"; readonly id: number; readonly name: PageView; readonly args: readonly unknown[] }
  /** Sends the view's values by this port until `close` with its id. */
  | { readonly kind: "hand"; readonly id: number; readonly name: WorkerView; readonly port: MessagePort }
  | { readonly kind: "close"; readonly id: number }
  | {
      readonly kind: "surroundings";
      readonly online: boolean;
      readonly visible: boolean;
      readonly atWork: boolean;
    };

/** Why there is no client. `ended`: the program beside the browser that has it. */
export type BrokenCode = ClientErrorCode | "ended";

export type ToPage =
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refusal"; readonly id: number; readonly code: ClientErrorCode }
  | ({ readonly kind: "view"; readonly id: number } & Lean)
  | { readonly kind: "broken"; readonly code: BrokenCode }
  /** The client is in another process, and so is its store. */
  | { readonly kind: "beside" };

/** A worker, the worker's own scope, or one end of a MessageChannel. */
export type Port = {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
};
