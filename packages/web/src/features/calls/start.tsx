/** Renders the screens of calls over every page. */

import { effect } from "@preact/signals";
import { render } from "preact";
import { peekView } from "../../shell/session.ts";
import { followCalls } from "./call.ts";
import { CallOver } from "./call-over.tsx";
import { DeniedSheet } from "./denied.tsx";
import { faults } from "./faults.ts";
import { followGroupCalls } from "./group-call.ts";
import { ChooseWhom } from "./group-choose.tsx";
import { GroupCallOver } from "./group-over.tsx";
import { isMoreOpen } from "./more.tsx";
import { closeFloat } from "./pip.tsx";
import { Unanswered } from "./unanswered.tsx";

export function start(): void {
  const place = document.createElement("div");
  place.id = "calls";
  document.body.append(place);
  followCalls();
  followGroupCalls();
  effect(() => {
    place.dataset["faults"] = String(faults.value);
  });
  effect(() => {
    if (peekView("calls").value?.now !== undefined || peekView("groupCalls").value?.now !== undefined) return;
    isMoreOpen.value = false;
    closeFloat();
  });
  render(
    <>
      <GroupCallOver />
      <CallOver />
      <ChooseWhom />
      <DeniedSheet />
      <Unanswered />
    </>,
    place,
  );
}
