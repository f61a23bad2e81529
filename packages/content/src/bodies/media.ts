/**
 * Bodies of media: pictures, voice, video and files (docs/spec/media.md ME5). The bytes lie as encrypted
 * blobs at a server, or ride inline when they are small; what is here names them and holds their keys.
 */
import {
  blob,
  blobLimits,
  fixed,
  type Infer,
  limits,
  line,
  list,
  MalformedError,
  oneOf,
  type Schema,
  struct,
  text,
  uint,
} from "@yanshu/wire";

export const mediaLimits = {
  /** Rides in the letter itself. */
  inlineBytesMax: 24 * 1024,
  /** All inline pictures of one letter, so that it stays far below the limit of a message. */
  inlineTotalBytesMax: 240 * 1024,
  picturesMax: 99,
  captionMax: 2_000,
  fileNameMax: 255,
  fileTypeMax: 127,
  fileBytesMax: 1 << 30,
  placeholderBytesMax: 64,
  waveformBarsMax: 64,
  voiceMsMax: 5 * 60_000,
  videoMsMax: 60 * 60_000,
  layersMax: 16,
  pixelsMax: 100_000,
} as const;

/** Where a file lies, and how to open it. `bytes` is its true size; padding is beyond it. */
const blobRef = struct(
  {
    server: text(limits.domainBytesMax),
    id: fixed(blobLimits.idBytes),
    key: fixed(32),
    bytes: uint(mediaLimits.fileBytesMax),
    expiresDay: uint(),
  },
  /** Keys of the layers that copying put around it, the outermost last. */
  { layers: list(fixed(blobLimits.layerBytes), mediaLimits.layersMax) },
);
export type BlobRef = Infer<typeof blobRef>;

const side = uint(mediaLimits.pixelsMax);
const inline = blob(mediaLimits.inlineBytesMax);
/** A thumbhash: what is shown until the picture is there. */
const placeholder = blob(mediaLimits.placeholderBytesMax);

export const pictureTypes = ["image/webp", "image/jpeg", "image/png", "image/gif", "image/avif"] as const;
const pictureType = oneOf(...pictureTypes);
/** What a device asks to be played; anything else is a file. */
export const voiceTypes = ["audio/webm", "audio/mp4", "audio/ogg"] as const;
export const videoTypes = ["video/mp4", "video/webm", "video/quicktime"] as const;

/** Exactly one of `inline` and `blob`. */
const picture: Schema<Picture> = exactlyOne(
  struct(
    { type: pictureType, width: side, height: side, placeholder },
    { inline, blob: blobRef, original: struct({ type: pictureType, blob: blobRef }) },
  ),
);
export type Picture = {
  readonly type: (typeof pictureTypes)[number];
  readonly width: number;
  readonly height: number;
  readonly placeholder: Uint8Array;
  readonly inline?: Uint8Array;
  readonly blob?: BlobRef;
  /** As it came from the camera, when the sender chose so. */
  readonly original?: { readonly type: (typeof pictureTypes)[number]; readonly blob: BlobRef };
};

export const mediaBodies = {
  /** One send is one letter, however many pictures. */
  photos: struct({ pictures: list(picture, mediaLimits.picturesMax), caption: text(mediaLimits.captionMax) }),
  voice: exactlyOne(
    struct(
      { type: oneOf(...voiceTypes), ms: uint(mediaLimits.voiceMsMax), waveform: blob(mediaLimits.waveformBarsMax) },
      { inline, blob: blobRef },
    ),
  ),
  video: struct({
    type: oneOf(...videoTypes),
    ms: uint(mediaLimits.videoMsMax),
    width: side,
    height: side,
    placeholder,
    poster: inline,
    blob: blobRef,
  }),
  file: struct({ name: line(mediaLimits.fileNameMax), type: text(mediaLimits.fileTypeMax), blob: blobRef }),
} as const;

export type MediaBody = {
  [K in keyof typeof mediaBodies]: { readonly kind: K } & Infer<(typeof mediaBodies)[K]>;
}[keyof typeof mediaBodies];

/** Every blob that a body names: what has to be copied, fetched or forgotten with it. */
export function blobsIn(body: { readonly kind: string }): readonly BlobRef[] {
  const media = body as MediaBody;
  switch (media.kind) {
    case "photos":
      return media.pictures.flatMap(({ blob: shown, original }) => [
        ...(shown === undefined ? [] : [shown]),
        ...(original === undefined ? [] : [original.blob]),
      ]);
    case "voice":
      return media.blob === undefined ? [] : [media.blob];
    case "video":
    case "file":
      return [media.blob];
    default:
      return []; // Another kind of body.
  }
}

/** The same body with each of its blobs replaced. */
export function withBlobs<B extends { readonly kind: string }>(body: B, replace: (blob: BlobRef) => BlobRef): B {
  const media = body as unknown as MediaBody;
  const changed = (): MediaBody => {
    switch (media.kind) {
      case "photos":
        return {
          ...media,
          pictures: media.pictures.map((one) => ({
            ...one,
            ...(one.blob === undefined ? {} : { blob: replace(one.blob) }),
            ...(one.original === undefined ? {} : { original: { ...one.original, blob: replace(one.original.blob) } }),
          })),
        };
      case "voice":
        return media.blob === undefined ? media : { ...media, blob: replace(media.blob) };
      case "video":
      case "file":
        return { ...media, blob: replace(media.blob) };
      default:
        return media;
    }
  };
  return changed() as unknown as B;
}

function exactlyOne<T extends { readonly inline?: Uint8Array; readonly blob?: BlobRef }>(schema: Schema<T>): Schema<T> {
  return {
    check: (value, path) => {
      const checked = schema.check(value, path);
      if ((checked.inline === undefined) === (checked.blob === undefined)) throw new MalformedError(`${path}: bytes`);
      return checked;
    },
  };
}
