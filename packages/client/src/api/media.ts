/**
 * Files, as screens and features name them. A file is known
 * by its handle, in hex; its bytes come in ranges, so that playing begins before all is there.
 */
import type { Bytes } from "@yanshu/wire";
import type { Hex } from "./hex.ts";

/** Bytes that a person chose: a browser's `File` or `Blob`, or Bun's. Read in slices, while it is being sent. */
export type Source = {
  readonly size: number;
  readonly slice: (start: number, end: number) => { readonly arrayBuffer: () => Promise<ArrayBuffer> };
};

export type PictureType = "image/webp" | "image/jpeg" | "image/png" | "image/gif" | "image/avif";
export type VoiceType = "audio/webm" | "audio/mp4" | "audio/ogg";
export type VideoType = "video/mp4" | "video/webm" | "video/quicktime";

/** A picture as it is to be sent: already small, turned upright, and without where and when it was taken. */
export type PictureToSend = {
  readonly source: Source;
  readonly type: PictureType;
  readonly width: number;
  readonly height: number;
  /** A thumbhash, at most 64 bytes. */
  readonly placeholder: Bytes;
  readonly original?: { readonly source: Source; readonly type: PictureType };
};

export type TransferView = {
  /**
   * `away`: at the server, and nobody asked for it. `waiting`: for its turn, or for the network. `moving`, `paused`;
   * `here`: all of it is on this device. `expired`: nobody keeps it any more. `failed`: it cannot go on by itself.
   */
  readonly state: "away" | "waiting" | "moving" | "paused" | "here" | "expired" | "failed";
  readonly direction: "up" | "down";
  /** Bytes. */
  readonly done: number;
  readonly total: number;
  readonly bytesPerSecond?: number;
  /** Days since 1970 from which on the server keeps it no more; 0 while that is not known. */
  readonly expiresDay: number;
};

export type FileView = { readonly handle: Hex; readonly bytes: number; readonly expiresDay: number };

export type PictureView = {
  readonly type: PictureType;
  readonly width: number;
  readonly height: number;
  readonly placeholder: Bytes;
  /** Exactly one of both. */
  readonly inline?: Bytes;
  readonly file?: FileView;
  readonly original?: FileView & { readonly type: PictureType };
};

/** What a screen shows of them. */
export type MediaItemBody =
  | { readonly kind: "photos"; readonly pictures: readonly PictureView[]; readonly caption: string }
  | {
      readonly kind: "voice";
      readonly type: VoiceType;
      readonly ms: number;
      /** A bar each, 0 to 255. */
      readonly waveform: Bytes;
      readonly inline?: Bytes;
      readonly file?: FileView;
      /** Listened to on this device, or one's own. */
      readonly heard: boolean;
    }
  | {
      readonly kind: "video";
      readonly type: VideoType;
      readonly ms: number;
      readonly width: number;
      readonly height: number;
      readonly placeholder: Bytes;
      /** A small picture, WebP or JPEG. */
      readonly poster: Bytes;
      readonly file: FileView;
    }
  | { readonly kind: "file"; readonly name: string; readonly type: string; readonly file: FileView };
