/** Renders the screen of a Live over every page. */
import { render } from "preact";
import { followLive } from "./live.ts";
import { LiveOver } from "./live-over.tsx";

export function start(): void {
  const place = document.createElement("div");
  place.id = "live";
  document.body.append(place);
  followLive();
  render(<LiveOver />, place);
}
