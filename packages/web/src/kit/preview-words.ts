/** The last thing that was said in a chat, on one line: for the list, and for a notification. */
import type { ChatRow, Preview } from "@yanshu/client";
import { t } from "../locales/i18n.ts";
import { kindWords } from "./kind-words.ts";
import { screenKind } from "./kinds/index.ts";
import { systemWords } from "./system-words.ts";

export function previewWords(row: ChatRow): string {
  const preview: Preview = row.preview;
  if (preview.kind === "system") return systemWords(preview.line);
  if (preview.kind === "none") return "";
  const text = preview.kind === "text" ? preview.text : kindWords(preview.kind, preview.text);
  if (!screenKind(row.kind).isOfMany) return text;
  if (preview.mine) return t("chats.mine", { text });
  return preview.from === undefined ? text : t("chats.from", { name: preview.from, text });
}
