/**
 * Handing something out of the app: the system's share sheet where there is one, else the clipboard.
 */
import { t } from "../locales/i18n.ts";
import { toast } from "./toast.tsx";

/** Some browsers begin a download some time after `click()`. */
const revokeAfterMs = 10_000;

/** Says by a toast that it was copied. Never rejects. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("msg.copied"));
  } catch {
    toast(text); // Without a clipboard the text itself is shown, to be copied by hand.
  }
}

/** Whether the system has a share sheet (Web Share API). */
export function hasShareSheet(): boolean {
  return typeof navigator.share === "function";
}

/** By the share sheet, else by the clipboard. Never rejects. */
export async function shareLink(title: string, url: string): Promise<void> {
  if (!hasShareSheet()) return copyText(url);
  try {
    await navigator.share({ title, url });
  } catch (error) {
    // AbortError: the person closed the share sheet. Any other failure leaves the clipboard.
    if (!(error instanceof DOMException && error.name === "AbortError")) await copyText(url);
  }
}

/** As a download under that name. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), revokeAfterMs);
}
