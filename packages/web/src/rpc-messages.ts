/**
 * What crosses between the page and the worker. Plain values only. The page asks with an id and the
 * worker answers with it; a subscription is an id too, open until the page closes it.
 */
import type { ClientApi, ClientErrorCode, ViewName } from "@yanshu/client";

export type ApiMethod = keyof ClientApi;

export type ToWorker =
  /** Answered at once, whatever else the worker has to do. */
  | { readonly kind: "ping"; readonly id: number }
  | { readonly kind: "call"; readonly id: number; readonly method: ApiMethod; readonly args: readonly unknown[] }
  | { readonly kind: "open"; readonly id: number; readonly name: ViewName; readonly args: readonly unknown[] }
  | { readonly kind: "close"; readonly id: number }
  | {
      readonly kind: "surroundings";
      readonly online: boolean;
      readonly visible: boolean;
      readonly atWork: boolean;
    };

export type ToPage =
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refusal"; readonly id: number; readonly code: ClientErrorCode }
  | { readonly kind: "view"; readonly id: number; readonly value: unknown }
  | { readonly kind: "broken"; readonly code: ClientErrorCode };

/** A worker, the worker's own scope, or one end of a MessageChannel. */
export type Port = {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
};
