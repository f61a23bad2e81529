/** The name of a file that has none of its own, as a picture has none. */
const endings: Readonly<Record<string, string>> = {
  "image/webp": "webp",
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/gif": "gif",
  "image/avif": "avif",
  "audio/webm": "webm",
  "audio/mp4": "m4a",
  "audio/ogg": "ogg",
  "video/mp4": "mp4",
  "video/webm": "webm",
  "video/quicktime": "mov",
};

/** The word with the ending of its MIME type, as in `photo.webp`; `bin` for types that messages do not have. */
export function fileNameOf(word: string, type: string): string {
  return `${word}.${endings[type] ?? "bin"}`;
}
