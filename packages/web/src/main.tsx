/**
 * The page begins here: words, then the first frame, then the worker that everything else comes from.
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

/** Some browsers do not tell of paints; nobody waits longer than this. */
const paintMsMax = 3_000;

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

register(features);
setCorePages(pages);
setCoreTabs(tabs);
loadAfter(wordsOfFeatures);
startInstalling();
startRouter(() => go({ name: "opened-link" }, "replace"));
// A screen that does not arrive is asked for again where it is shown; without words nothing can be shown.
await Promise.all([
  startPrefs().catch(() => beginAnew()),
  ...firstScreens().map((screen) => preload(screen).catch(() => undefined)),
]);
render(<App />, root);
afterPaint(() => {
  startSession();
  startFeatures();
  // What runs beside the screens says something now and then, too.
  void wordsOfFeatures().catch(() => undefined);
  startKeyboard();
  whenIdle(() => void loadAllParts());
  // Without it pages change at once.
  void import("./shell/motion.ts").then(({ turnPage }) => turnPagesBy(turnPage)).catch(() => undefined);
  // A wake-up may come at once; what answers it is small.
  void import("./shell/unseen.ts").then(({ startUnseen }) => startUnseen());
});

/** Features that run beside the screens; each by itself, so that none keeps another from it. */
function startFeatures(): void {
  for (const { start } of features) void start?.().then((m) => m.start());
}

/** What the first frame shows: the chats, the one conversation that was open, or the welcome. */
function firstScreens(): readonly Loader<never>[] {
  if (locked.peek()) return features.flatMap(({ whole }) => (whole?.locked as Loader<never>) ?? []);
  if (!livedHere()) return [welcome as Loader<never>];
  const isChat = route.peek().name === "chat";
  const isWide = columns.peek() > 1;
  return [...(isChat ? [conversation] : []), ...(isChat && !isWide ? [] : [chats])] as Loader<never>[];
}

/**
 * After the frame that shows what was rendered is on the glass, by the browser's own account: what comes next is
 * larger, and must not stand in its way. A window in the background paints nothing and does not wait.
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
