/** Messages between the page and the encoding worker of a Live (docs/spec/live.md CA237). */

/** Frames of a track, which end with it. Chromium hands such a stream to a worker. */
export type Frames = {
  readonly pictures: ReadableStream<VideoFrame>;
  readonly voices: ReadableStream<AudioData> | undefined;
};

export type Encoded = {
  readonly head: (layer: number, type: string, bytes: Uint8Array) => void;
  readonly piece: (layer: number, bytes: Uint8Array<ArrayBuffer>) => void;
  /** Encoding has failed; no more pieces follow. */
  readonly failed: (error: unknown) => void;
};

export type ToEncoder = { readonly kind: "begin"; readonly frames: Frames } | { readonly kind: "stop" };
export type FromEncoder =
  | { readonly kind: "head"; readonly layer: number; readonly type: string; readonly bytes: Uint8Array }
  | { readonly kind: "piece"; readonly layer: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Whether the browser has a codec that others play. */
  | { readonly kind: "begun"; readonly can: boolean }
  | { readonly kind: "failed" };
