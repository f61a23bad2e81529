/** A lazy part is shown to a person who waits for it, by whichever way it came. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { h, options, render } from "preact";
import { Lazy, lazily, preload } from "./lazy.ts";

/** As much of a document as one text needs. */
class Place {
  readonly namespaceURI = "http://www.w3.org/1999/xhtml";
  readonly childNodes: Text[] = [];
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  contains(text: Text) {
    return this.childNodes.includes(text);
  }
  insertBefore(text: Text) {
    this.childNodes.push(text);
    return text;
  }
  get words() {
    return this.childNodes.map(({ data }) => data).join("");
  }
}

/** What is done after a frame, when the test says that the frame was shown. */
let frames: (() => void)[] = [];
const before = {
  globals: { document: globalThis.document, fetch: globalThis.fetch, location: globalThis.location },
  frame: options.requestAnimationFrame,
};

beforeEach(() => {
  frames = [];
  options.requestAnimationFrame = (work) => void frames.push(work);
  globalThis.document = { createTextNode: (data: string) => ({ data }) } as unknown as Document;
});

afterEach(() => {
  Object.assign(globalThis, before.globals);
  Object.assign(options, { requestAnimationFrame: before.frame });
});

async function frame(): Promise<void> {
  for (const work of frames.splice(0)) work();
  await Bun.sleep(0);
}

function shown(loader: ReturnType<typeof lazily<object>>): Place {
  const place = new Place();
  render(h(Lazy<object>, { of: loader }), place as unknown as Element);
  return place;
}

const part = () => "the part" as never;

test("[WE24] a part that is not there is loaded and shown", async () => {
  const loader = lazily<object>(async () => part);
  const place = shown(loader);
  expect(place.words).toBe("");
  await frame();
  expect(place.words).toBe("the part");
});

test("[WE24] a part that loading ahead brings between the drawing of nothing and the frame is shown", async () => {
  const loader = lazily<object>(async () => part);
  const place = shown(loader);
  await preload(loader as never);
  await frame();
  expect(place.words).toBe("the part");
});

test("[WE24] for a part that does not arrive the page begins anew once home answers", async () => {
  const asked: string[] = [];
  let isThere = false;
  const begun = Promise.withResolvers<void>();
  globalThis.fetch = (async (path: string, { method }: RequestInit) => {
    asked.push(`${method} ${path}`);
    const ok = isThere;
    isThere = true; // The line is back at the next try.
    return { ok } as Response;
  }) as unknown as typeof fetch;
  globalThis.location = { reload: begun.resolve } as unknown as Location;
  const place = shown(
    lazily<object>(async () => {
      throw new Error("no line");
    }),
  );
  await frame();
  await begun.promise;
  expect([place.words, asked]).toEqual(["", ["HEAD /", "HEAD /"]]);
});
