/**
 * Encode: camera or screen, and voice, as fragmented MP4 in two layers (docs/spec/live.md CA163). Each piece (fragment)
 * begins with a key frame, and needs only the head (initialization segment) of its layer to play.
 */
import {
  getFirstEncodableAudioCodec,
  getFirstEncodableVideoCodec,
  MediaStreamAudioTrackSource,
  MediaStreamVideoTrackSource,
  Mp4OutputFormat,
  NullTarget,
  Output,
  Quality,
} from "mediabunny";

export type Encoded = {
  readonly head: (layer: number, type: string, bytes: Uint8Array) => void;
  readonly piece: (layer: number, bytes: Uint8Array) => void;
  /** Encoding has failed; no more pieces follow. */
  readonly failed: (error: unknown) => void;
};
export type Encoding = { readonly stop: () => Promise<void> };

/** Length of a piece in seconds. */
const pieceSeconds = 0.6;
const layers = [
  { layer: 0, height: 270, bitrate: 180_000, voice: 32_000 },
  { layer: 1, height: 720, bitrate: 1_100_000, voice: 64_000 },
] as const;

/** Starts encoding; undefined if the stream has no picture, or the browser has no codec that others play. */
export async function encode(stream: MediaStream, out: Encoded): Promise<Encoding | undefined> {
  const [picture] = stream.getVideoTracks() as MediaStreamVideoTrack[];
  const [voice] = stream.getAudioTracks() as MediaStreamAudioTrack[];
  if (picture === undefined) return undefined;
  const { width = 1_280, height = 720 } = picture.getSettings();
  const video = await getFirstEncodableVideoCodec(["avc", "vp9", "av1"], { width: even(width), height: even(height) });
  const audio = voice === undefined ? null : await getFirstEncodableAudioCodec(["opus", "aac"]);
  if (video === null) return undefined;
  const outputs = await Promise.all(
    layers.map(async (one) => {
      const scale = Math.min(1, one.height / Math.min(width, height));
      let ftyp = new Uint8Array();
      let moof = new Uint8Array();
      // Keeps the order of head and pieces: the head waits for its MIME type, which is known a little later.
      let order = Promise.resolve();
      const next = (work: () => unknown) => {
        order = order.then(work).then(() => undefined, out.failed);
      };
      const output = new Output({
        target: new NullTarget(),
        format: new Mp4OutputFormat({
          fastStart: "fragmented",
          minimumFragmentDuration: pieceSeconds * 0.9,
          onFtyp: (bytes) => (ftyp = bytes.slice()),
          onMoov: (bytes) => {
            const head = joined(ftyp, bytes);
            next(async () => out.head(one.layer, await output.getMimeType(), head));
          },
          onMoof: (bytes) => (moof = bytes.slice()),
          onMdat: (bytes) => {
            const piece = joined(moof, bytes);
            next(() => out.piece(one.layer, piece));
          },
        }),
      });
      const pictures = new MediaStreamVideoTrackSource(
        picture.clone() as MediaStreamVideoTrack,
        {
          codec: video,
          quality: new Quality({ bitrate: one.bitrate }),
          keyFrameInterval: pieceSeconds,
          latencyMode: "realtime",
          sizeChangeBehavior: "contain",
          transform: { width: even(width * scale), height: even(height * scale), fit: "contain" },
        },
        // No fixed frame rate: for one the library needs a worker from a blob URL, which the page's policy refuses.
        { frameRate: null },
      );
      pictures.errorPromise.catch(out.failed);
      output.addVideoTrack(pictures);
      if (voice !== undefined && audio !== null) {
        const voices = new MediaStreamAudioTrackSource(voice, {
          codec: audio,
          quality: new Quality({ bitrate: one.voice }),
        });
        voices.errorPromise.catch(out.failed);
        output.addAudioTrack(voices);
      }
      await output.start();
      return output;
    }),
  );
  return {
    stop: async () => {
      await Promise.all(outputs.map((output) => output.cancel()));
    },
  };
}

const even = (pixels: number) => Math.max(2, Math.round(pixels / 2) * 2);

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
