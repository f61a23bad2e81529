import type { AnswerBounds } from "@yanshu/client";

/** Messages to a carrier worker and from it (docs/spec/web.md WE140). */
export type CarrierAsk =
  | { readonly kind: "open"; readonly url: string }
  | { readonly kind: "send"; readonly frame: Uint8Array<ArrayBuffer> }
  | { readonly kind: "close" }
  | {
      readonly kind: "request";
      readonly id: number;
      readonly url: string;
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: Uint8Array<ArrayBuffer>;
      readonly bounds?: AnswerBounds;
    };

export type CarrierSaid =
  | { readonly kind: "opened" }
  | { readonly kind: "frame"; readonly frame: ArrayBuffer }
  | { readonly kind: "closed"; readonly reason: string }
  /** Without a status: no answer came. */
  | { readonly kind: "answer"; readonly id: number; readonly status?: number; readonly body?: ArrayBuffer };
