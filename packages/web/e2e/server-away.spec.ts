/** A server that does not answer: the strip says so, and asks again at a tap. */
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { expect, test } from "@playwright/test";
import { BrowserSetup, desktop, phone } from "./browser-setup.ts";

for (const [name, look] of [
  ["phone", phone],
  ["desktop", desktop],
] as const) {
  test(`[WE68] while the server does not answer, each tap on 再试一次 asks it once more, and it is back when it answers (${name})`, {
    tag: "@long",
  }, async ({ browser }) => {
    const setup = await BrowserSetup.start(browser);
    let asked = 0;
    const silent = createServer((socket) => {
      asked += 1;
      socket.destroy();
    });
    try {
      const page = await setup.resident(look);
      await setup.settle(page, "妈妈");
      await expect(page.getByTestId("chats")).toBeVisible();
      await setup.killServer();
      await listens(silent, setup.port);
      const strip = page.getByTestId("network");
      await expect(strip).toHaveAttribute("data-network", "unreachable", { timeout: 30_000 });
      await expect(strip.getByTestId("try-again")).toHaveText(look === phone ? "再试一次" : "Try again");
      // By itself it asks ever more rarely: six times in a row, each within seconds, it does so at taps alone.
      for (let tap = 0; tap < 6; tap++) {
        const before = asked;
        await strip.getByTestId("try-again").click();
        await expect.poll(() => asked).toBeGreaterThan(before);
      }
      await new Promise((resolve) => silent.close(resolve));
      await setup.startServer();
      await expect(strip).toHaveAttribute("data-network", "back", { timeout: 60_000 });
    } finally {
      silent.close();
      await setup.close();
    }
  });
}

/** The port is free once the last process of the server that was killed is gone. */
async function listens(server: Server, port: number): Promise<void> {
  await expect(async () => {
    server.listen(port);
    await once(server, "listening");
  }).toPass();
}
