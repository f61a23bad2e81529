/** Sending files to a chat that were chosen, pasted or dropped. */
import { features } from "../shell/features.ts";

/** @param asFiles sends pictures, too, as unchanged files. */
export async function sendFiles(chat: string, files: readonly File[], asFiles: boolean): Promise<void> {
  for (const { sendsFiles } of features())
    await sendsFiles?.().then(({ sendPicked }) => sendPicked(chat, files, asFiles));
}

/** Opens the browser's file chooser; `capture` opens the camera. */
export function chooseFiles(accept: string, chosen: (files: readonly File[]) => void, capture?: "environment"): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = capture === undefined;
  input.accept = accept;
  if (capture !== undefined) input.capture = capture;
  input.hidden = true;
  input.dataset["testid"] = "choose-files";
  input.addEventListener("change", () => {
    chosen([...(input.files ?? [])]);
    input.remove();
  });
  input.addEventListener("cancel", () => input.remove());
  // Added to the page, because some browsers, and the tests, need it there.
  document.body.append(input);
  input.click();
}
