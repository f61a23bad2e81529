/**
 * The page begins here: words, then the first frame, then the worker's answers.
 */
import { render } from "preact";
import { App } from "./app.tsx";
import { startPrefs } from "./shell/prefs.ts";
import { go, startRouter } from "./shell/router.ts";
import { startSession } from "./shell/session.ts";
import { startUpdates } from "./shell/updates.tsx";
import "./styles/index.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

// The worker opens its store while the words load; neither waits for the other.
startSession();
startRouter(() => go({ name: "opened-link" }, "replace"));
await startPrefs();
render(<App />, root);
startUpdates();
