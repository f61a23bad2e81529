/**
 * The page in which a webxdc app runs (docs/spec/programs.md PR30). It is loaded twice: as the frame of ours, and
 * within it as the app's own, sandboxed once more, which begins with the same script. The outer one counts and reads
 * all that the app says, and its policy forbids the inner one to lead anywhere, to home as well.
 */
import { runApp } from "./app.ts";
import { guard } from "./guard.ts";
import { holdApp } from "./host.ts";
import { markupOfOurs, trustedTypes } from "./markup.ts";

const script = document.currentScript?.textContent ?? "";
// Sandboxed, or not at all: with an origin of its own nothing of ours can be reached from here.
if (self.origin !== "null") throw new Error("this page runs in a sandbox alone");
// Without Trusted Types nobody would watch what markup an app makes.
if (trustedTypes() === undefined) throw new Error("this browser cannot hold an app");
if (document.documentElement.dataset["inner"] === undefined) holdApp(script);
else {
  const markup = markupOfOurs();
  guard();
  runApp(markup);
}
