/**
 * What is too long for a message goes as a file, which can be read in the app all the same (docs/spec/actions.md AC14).
 */
import { isLongText, longTextName } from "@yanshu/content";
import { t } from "../locales/i18n.ts";
import { api, succeeds } from "../shell/session.ts";
import { toast } from "../shell/toast.tsx";

/** Undefined for what a message holds; else whether it was taken. */
export function sendLong(chat: string, text: string): Promise<boolean> | undefined {
  if (!isLongText(text)) return undefined;
  const file = { source: new Blob([text]), name: longTextName(text), type: "text/plain" };
  return succeeds(() => api.sendFile(chat, file)).then((done) => {
    if (done) toast(t("long.sent"));
    return done;
  });
}
