/** Files in the terminal. */
import { cliFeature } from "../feature.ts";
import { plain, sizeOf } from "../line.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "error.too-large": "Too large. A file has at most 1 GB",
    "error.file-gone": "This file is kept no more. Ask for it again",
    "error.source-gone": "The file is not where it was. Send it again",
    "kind.file": "File",
  },
  {
    "error.too-large": "太大了。一个文件最多 1 GB",
    "error.file-gone": "这个文件已经过期，请对方再发",
    "error.source-gone": "原来的文件不在了，请重新选一次",
    "kind.file": "文件",
  },
);

export const files = cliFeature(words, {
  lines: { file: (text, { name, file }) => `[${text("kind.file")}] ${plain(name)} (${sizeOf(file.bytes)})` },
  files: { file: ({ name, file }) => [{ name, file }] },
});
