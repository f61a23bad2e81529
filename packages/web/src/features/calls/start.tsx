/** Calls stand over every page, wherever one is. */
import { render } from "preact";
import { followCalls } from "./call.ts";
import { CallOver } from "./call-over.tsx";
import { DeniedSheet } from "./denied.tsx";

export function start(): void {
  const place = document.createElement("div");
  place.id = "calls";
  document.body.append(place);
  followCalls();
  render(
    <>
      <CallOver />
      <DeniedSheet />
    </>,
    place,
  );
}
