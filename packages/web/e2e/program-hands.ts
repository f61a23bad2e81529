/** What people do with mini programs. */
import type { Page } from "@playwright/test";

/** Sends a package in the chat that is open. */
export async function sends(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  if (!(await page.getByTestId("plus-panel").isVisible())) await page.getByTestId("plus-open").click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByTestId("plus-file").click();
  await (await chooser).setFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) });
  await page.getByTestId("ready-send").click();
}
