/**
 * The translator that the browser brings (README.md WE25, docs/decisions/0009-browser-translator.md).
 *
 * The interface lets a browser translate on somebody else's computer and does not say whether it does. So only
 * browsers are asked whose makers promise that it happens on the device; in any other there is no translation. What a
 * pair of languages needs is fetched by the browser from its maker, once, and only after the person said so.
 */
import { signal } from "@preact/signals";
import type { Locale } from "../../locales/i18n.ts";

/** The part of the interface that is used: https://webmachinelearning.github.io/translation-api. */
export type Standing = "unavailable" | "downloadable" | "downloading" | "available";
type Pair = { readonly sourceLanguage: string; readonly targetLanguage: string };
type Monitor = { addEventListener(name: "downloadprogress", listener: (event: { loaded: number }) => void): void };
type BrowserTranslator = { translate(words: string): Promise<string>; destroy(): void };
type TranslatorClass = {
  availability(pair: Pair): Promise<Standing>;
  create(
    options: Pair & { readonly monitor: (monitor: Monitor) => void; readonly signal: AbortSignal },
  ): Promise<BrowserTranslator>;
};
type Browser = {
  readonly Translator?: TranslatorClass;
  readonly navigator: { readonly userAgentData?: { readonly brands: readonly { readonly brand: string }[] } };
};

/** Both say so of theirs in their documentation; a browser built on the same code may do otherwise. */
const brandsOnDevice = ["Google Chrome", "Microsoft Edge"];
/** As browsers name the languages. */
const tags: Record<Locale, string> = { "zh-Hans": "zh", "zh-Hant": "zh-Hant", en: "en" };
/** A browser without a network waits for good. */
const quietMsMax = 30_000;
/** A model takes room in memory: it goes when nobody needed it for a while. */
const idleMsMax = 60_000;

/** Whether this browser has a translator that works on the device. */
export function hasTranslator(): boolean {
  return onDevice() !== undefined;
}

function onDevice(): TranslatorClass | undefined {
  const { Translator, navigator } = globalThis as unknown as Browser;
  const brands = navigator.userAgentData?.brands ?? [];
  return brands.some(({ brand }) => brandsOnDevice.includes(brand)) ? Translator : undefined;
}

const standings = signal<ReadonlyMap<string, Standing>>(new Map());
const asked = new Set<string>();

/** How a pair stands; undefined until the browser has said so. Components that read it while drawing follow it. */
export function standingOf(from: Locale, to: Locale): Standing | undefined {
  const key = keyOf(from, to);
  if (!asked.has(key)) {
    asked.add(key);
    void look(from, to);
  }
  return standings.value.get(key);
}

/** Asks the browser again. */
async function look(from: Locale, to: Locale): Promise<Standing> {
  const standing =
    (await onDevice()
      ?.availability(pairOf(from, to))
      .catch(() => undefined)) ?? "unavailable";
  standings.value = new Map(standings.peek()).set(keyOf(from, to), standing);
  return standing;
}

type Held = {
  readonly translator: Promise<BrowserTranslator>;
  readonly stop: () => void;
  timer?: ReturnType<typeof setTimeout>;
};
const held = new Map<string, Held>();
/** One line after another: browsers refuse a crowd. */
let turn: Promise<unknown> = Promise.resolve();

/** How much of what a pair needs is there, in [0, 1], while the browser fetches it. */
const fetching = signal<ReadonlyMap<string, number>>(new Map());

export function fetchedShare(from: Locale, to: Locale): number | undefined {
  return fetching.value.get(keyOf(from, to));
}

/**
 * Has the browser fetch what the pair needs: a person must have tapped just before. Whether it is there now; a browser
 * that gets nothing from its maker for a while, or at all, is not waited for.
 */
export async function fetchPair(from: Locale, to: Locale): Promise<boolean> {
  const key = keyOf(from, to);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (share: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => stopFetching(from, to), quietMsMax);
    fetching.value = new Map(fetching.peek()).set(key, share);
  };
  tell(0);
  const isThere = await hold(from, to, tell).then(
    () => true,
    () => false,
  );
  clearTimeout(timer);
  await look(from, to);
  const shares = new Map(fetching.peek());
  shares.delete(key);
  fetching.value = shares;
  return isThere;
}

export function stopFetching(from: Locale, to: Locale): void {
  held.get(keyOf(from, to))?.stop();
}

/** Rejects when the browser cannot. */
export function translate(from: Locale, to: Locale, words: string): Promise<string> {
  const mine = turn.then(async () => {
    const translator = await hold(from, to);
    try {
      return await translator.translate(words);
    } finally {
      rest(keyOf(from, to));
    }
  });
  turn = mine.catch(() => undefined);
  return mine;
}

function hold(
  from: Locale,
  to: Locale,
  onProgress: (share: number) => void = () => undefined,
): Promise<BrowserTranslator> {
  const key = keyOf(from, to);
  const known = held.get(key);
  if (known !== undefined) {
    clearTimeout(known.timer);
    return known.translator;
  }
  const stopping = new AbortController();
  const made = onDevice()?.create({
    ...pairOf(from, to),
    signal: stopping.signal,
    monitor: (monitor) => monitor.addEventListener("downloadprogress", ({ loaded }) => onProgress(loaded)),
  });
  const translator = made ?? Promise.reject(new Error("this browser has no translator"));
  held.set(key, { translator, stop: () => stopping.abort() });
  translator.then(
    () => rest(key),
    () => held.delete(key),
  );
  return translator;
}

function rest(key: string): void {
  const one = held.get(key);
  if (one === undefined) return;
  clearTimeout(one.timer);
  one.timer = setTimeout(() => {
    held.delete(key);
    void one.translator.then((translator) => translator.destroy());
  }, idleMsMax);
}

function pairOf(from: Locale, to: Locale): Pair {
  return { sourceLanguage: tags[from], targetLanguage: tags[to] };
}

function keyOf(from: Locale, to: Locale): string {
  return `${from} ${to}`;
}
