/**
 * Studio: a page of no server's in which pictures are drawn from `art/`, a film is made of one, and what was taken is
 * packed small.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Chosen } from "../browser-setup.ts";

export class Studio {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** A face as one chooses it: square. */
  async face(art: string): Promise<Chosen> {
    return this.draw(art, 256, 256, art);
  }

  /** A photograph, as wide and high as a telephone makes it, or nearly. */
  async photo(art: string, name: string, width = 1200, height = 900): Promise<Chosen> {
    return this.draw(art, width, height, name);
  }

  private async draw(art: string, width: number, height: number, name: string): Promise<Chosen> {
    const base64 = await this.page.evaluate(
      async ({ source, width, height }) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [width, height];
        canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
        return canvas.toDataURL("image/jpeg", 0.9).split(",")[1] ?? "";
      },
      { source: sourceOf(art, width, height), width, height },
    );
    return { name: `${name}.jpg`, mimeType: "image/jpeg", buffer: Buffer.from(base64, "base64") };
  }

  /** A look to the right over a picture, three seconds long. */
  async film(art: string, name: string): Promise<Chosen> {
    const base64 = await this.page.evaluate(
      async (source) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [640, 360];
        const pen = canvas.getContext("2d");
        const start = performance.now();
        const draw = () => pen?.drawImage(image, -Math.min(160, (performance.now() - start) / 20), -60, 800, 480);
        draw();
        const drawing = setInterval(draw, 40);
        const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm;codecs=vp8" });
        const parts: Blob[] = [];
        recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
        const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
        recorder.start();
        setTimeout(() => recorder.stop(), 3_200);
        await stopped;
        clearInterval(drawing);
        const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
        let text = "";
        for (const byte of bytes) text += String.fromCharCode(byte);
        return btoa(text);
      },
      sourceOf(art, 800, 480),
    );
    return { name: `${name}.webm`, mimeType: "video/webm", buffer: Buffer.from(base64, "base64") };
  }

  /** A screenshot as WebP, with a loss that one has to look for. */
  async pack(png: Buffer, bytesMax: number): Promise<Buffer> {
    for (const quality of [0.65, 0.4, 0.2]) {
      const base64 = await this.page.evaluate(
        async ({ source, quality }) => {
          const image = new Image();
          image.src = source;
          await image.decode();
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
          canvas.getContext("2d")?.drawImage(image, 0, 0);
          return canvas.toDataURL("image/webp", quality).split(",")[1] ?? "";
        },
        { source: `data:image/png;base64,${png.toString("base64")}`, quality },
      );
      const webp = Buffer.from(base64, "base64");
      if (webp.length <= bytesMax) return webp;
    }
    throw new Error(`a picture of ${png.length} bytes cannot be packed into ${bytesMax}`);
  }
}

function sourceOf(art: string, width: number, height: number): string {
  const svg = readFileSync(join(import.meta.dirname, "art", `${art}.svg`), "utf8");
  return `data:image/svg+xml,${encodeURIComponent(svg.replace("<svg ", `<svg width="${width}" height="${height}" `))}`;
}
