/**
 * The page begins here: words, then the first frame, then the worker that everything else comes from.
 */
import { render } from "preact";
import { App } from "./app.tsx";
import { preload, screens } from "./screens/lazy.ts";
import { livedHere } from "./shell/lived-here.ts";
import { startPrefs } from "./shell/prefs.ts";
import { go, startRouter } from "./shell/router.ts";
import { startSession } from "./shell/session.ts";
import { startUpdates } from "./shell/updates.tsx";
import "./styles/index.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

startRouter(() => go({ name: "opened-link" }, "replace"));
await Promise.all([startPrefs(), livedHere() ? undefined : preload(screens.welcome as never)]);
render(<App />, root);
afterFrame(() => {
  startSession();
  startUpdates();
});

/** After the frame that shows what was rendered; a window in the background draws none and does not wait. */
function afterFrame(work: () => void): void {
  if (document.visibilityState === "visible") requestAnimationFrame(() => setTimeout(work));
  else setTimeout(work);
}
