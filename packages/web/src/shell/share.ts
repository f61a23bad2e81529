/**
 * Handing something out of the app: the system's share sheet where there is one, else the clipboard.
 */
import { t } from "../locales/i18n.ts";
import { toast } from "./toast.tsx";

export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("msg.copied"));
  } catch {
    toast(text); // No clipboard: at least it can be read and selected.
  }
}

export function canShare(): boolean {
  return typeof navigator.share === "function";
}

export async function shareLink(title: string, url: string): Promise<void> {
  try {
    await navigator.share({ title, url });
  } catch (error) {
    // Turning back is no failure; anything else still leaves the clipboard.
    if (!(error instanceof DOMException && error.name === "AbortError")) await copyText(url);
  }
}

export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
