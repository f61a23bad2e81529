/** What people do with calls between two, in end-to-end tests. */
import { expect, type Page } from "@playwright/test";
import { heard, soundOf } from "./call-ways.ts";
import { opens } from "./people.ts";

export type Media = "voice" | "video";

export async function calls(one: Page, name: string, kind: Media): Promise<void> {
  await opens(one, name);
  await one.getByTestId("plus-open").click();
  await one.getByTestId(`plus-call-${kind}`).click();
  await expect(one.getByTestId("call-screen")).toBeVisible();
}

export async function areTalking(...pages: readonly Page[]): Promise<void> {
  for (const page of pages)
    await expect(page.getByTestId("call-screen")).toHaveAttribute("data-at", "talking", { timeout: 20_000 });
}

export async function talks(from: Page, to: Page, name: string, kind: Media): Promise<void> {
  await calls(from, name, kind);
  await expect(to.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
  await to.getByTestId("call-answer").click();
  await areTalking(from, to);
}

/** Voice comes out on both sides, and goes on coming. */
export async function hearEachOther(...pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    await expect.poll(() => heard(page), { timeout: 20_000 }).toBe(1);
    const before = await soundOf(page);
    await expect.poll(() => soundOf(page), { timeout: 20_000 }).toBeGreaterThan(before);
  }
}

export async function hangsUp(one: Page, other: Page): Promise<void> {
  await one.getByTestId("call-hang-up").click();
  for (const page of [one, other]) await expect(page.getByTestId("call-screen")).toHaveCount(0);
}
