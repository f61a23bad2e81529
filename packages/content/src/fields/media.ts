/**
 * Fields of media: pictures, voice, video and files (docs/spec/media.md ME5). The bytes lie as encrypted
 * blobs at a server, or ride inline when they are small; what is here names them and holds their keys.
 */
import {
  blob,
  blobLimits,
  fixed,
  type Infer,
  limits,
  list,
  MalformedError,
  type Schema,
  struct,
  text,
  uint,
} from "@yanshu/wire";

export const mediaFieldLimits = {
  /** Rides in the message itself. */
  inlineBytesMax: 24 * 1024,
  /** All inline pictures of one message, so that it stays far below the limit of a message. */
  inlineTotalBytesMax: 240 * 1024,
  fileBytesMax: 1 << 30,
  placeholderBytesMax: 64,
  layersMax: 16,
  pixelsMax: 100_000,
} as const;

/** Where a file lies, and how to open it. `bytes` is its true size; padding is beyond it. */
export const blobRef = struct(
  {
    server: text(limits.domainBytesMax),
    id: fixed(blobLimits.idBytes),
    key: fixed(32),
    bytes: uint(mediaFieldLimits.fileBytesMax),
    expiresDay: uint(),
  },
  /** Keys of the layers that copying put around it, the outermost last. */
  { layers: list(fixed(blobLimits.layerBytes), mediaFieldLimits.layersMax) },
);
export type BlobRef = Infer<typeof blobRef>;

export const side = uint(mediaFieldLimits.pixelsMax);
export const inline = blob(mediaFieldLimits.inlineBytesMax);
/** A thumbhash: what is shown until the picture is there. */
export const placeholder = blob(mediaFieldLimits.placeholderBytesMax);

/** Exactly one of `inline` and `blob`. @checks WI37 */
export function exactlyOne<T extends { readonly inline?: Uint8Array; readonly blob?: BlobRef }>(
  schema: Schema<T>,
): Schema<T> {
  return {
    check: (value, path) => {
      const checked = schema.check(value, path);
      if ((checked.inline === undefined) === (checked.blob === undefined)) throw new MalformedError(`${path}: bytes`);
      return checked;
    },
  };
}
