/**
 * Entry of the page: loads the words, renders the first frame, then starts the worker with the client.
 */
import { render } from "preact";
import { App } from "./app.tsx";
import { features } from "./features/index.ts";
import { wordsOfFeatures } from "./locales/i18n.ts";
import { chats, conversation, pages, tabs, welcome } from "./screens/pages.ts";
import { register } from "./shell/features.ts";
import "./shell/fields.ts";
import { startInstalling } from "./shell/install.ts";
import { startKeyboard } from "./shell/keyboard.ts";
import { beginAnew, type Loader, loadAfter, loadAllParts, preload } from "./shell/lazy.ts";
import { livedHere } from "./shell/lived-here.ts";
import { locked } from "./shell/locked.ts";
import { setCoreTabs } from "./shell/navigation.tsx";
import { startPrefs } from "./shell/prefs.ts";
import { go, route, startRouter, turnPagesBy } from "./shell/router.ts";
import { setCorePages } from "./shell/routes.ts";
import { startSession } from "./shell/session.ts";
import { columns } from "./shell/width.ts";
import "./styles/index.css";

/** Longest wait for the first paint, for browsers that do not report paints. */
const paintMsMax = 3_000;

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

register(features);
setCorePages(pages);
setCoreTabs(tabs);
loadAfter(wordsOfFeatures);
startInstalling();
startRouter(() => go({ name: "opened-link" }, "replace"));
// A screen that does not arrive is loaded again where it is shown; without words nothing can be shown, so reload.
await Promise.all([
  startPrefs().catch(() => beginAnew()),
  ...firstScreens().map((screen) => preload(screen).catch(() => undefined)),
]);
render(<App />, root);
afterPaint(() => {
  startSession();
  startFeatures();
  // Background work shows texts of features, too.
  void wordsOfFeatures().catch(() => undefined);
  startKeyboard();
  whenIdle(() => void loadAllParts());
  // Until it is loaded, pages change without motion.
  void import("./shell/motion.ts").then(({ turnPage }) => turnPagesBy(turnPage)).catch(() => undefined);
  // Not when idle: a wake-up may come at once, and this part is small.
  void import("./shell/unseen.ts").then(({ startUnseen }) => startUnseen());
  void import("./shell/shortcuts.ts").then(({ startShortcuts }) => startShortcuts()).catch(() => undefined);
});

/** Starts the background work of features; each by itself, so that a failure stops no other. */
function startFeatures(): void {
  for (const { start } of features) void start?.().then((m) => m.start());
}

/** The screens of the first frame: the lock, the welcome, or the chats and the conversation of the address. */
function firstScreens(): readonly Loader<never>[] {
  if (locked.peek()) return features.flatMap(({ whole }) => (whole?.locked as Loader<never>) ?? []);
  if (!livedHere()) return [welcome as Loader<never>];
  const isChat = route.peek().name === "chat";
  const isWide = columns.peek() > 1;
  return [...(isChat ? [conversation] : []), ...(isChat && !isWide ? [] : [chats])] as Loader<never>[];
}

/**
 * Calls `work` after the first paint, as the browser reports it: what loads next is larger and must not delay it. A
 * window in the background paints nothing, so `work` is called at once.
 */
function afterPaint(work: () => void): void {
  let isDone = false;
  const once = () => {
    if (isDone) return;
    isDone = true;
    watch.disconnect();
    work();
  };
  const watch = new PerformanceObserver((list) => {
    if (list.getEntriesByName("first-contentful-paint").length > 0) once();
  });
  watch.observe({ type: "paint", buffered: true });
  setTimeout(once, document.visibilityState === "visible" ? paintMsMax : 0);
}

function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work, { timeout: 3_000 });
  else setTimeout(work, 1_500);
}
