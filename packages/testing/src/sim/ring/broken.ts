/** Rules of ringing, each broken once on purpose: the seeds have to notice (docs/spec/calls.md CA36). */
import { type RingEffect, type RingEvent, type RingView, ringStep } from "@yanshu/client/ring";
import type { StepOf } from "./street.ts";

const never =
  (effect: (one: RingEffect) => boolean): StepOf =>
  (view, event, nowMs) => {
    const { view: next, effects } = ringStep(view, event, nowMs);
    return { view: next, effects: effects.filter((one) => !effect(one)) };
  };
const deafTo =
  (event: (one: RingEvent, view: RingView) => boolean): StepOf =>
  (view, one, nowMs) =>
    event(one, view) ? { view, effects: [] } : ringStep(view, one, nowMs);
const saying = (kind: string) => (one: RingEffect) => one.kind === "say" && one.say.kind === kind;
const hearing = (kind: string) => (one: RingEvent) => one.kind === "said" && one.say.kind === kind;

export const broken: Readonly<Record<string, StepOf>> = {
  "nobody is told who answered": never(saying("taken")),
  "a device does not hear that another answered": deafTo(hearing("taken")),
  "who declined is not heard": deafTo(hearing("decline")),
  "that it is over is not said": never((one) => saying("over")(one) || one.kind === "record"),
  "nobody writes the record": never((one) => one.kind === "record"),
  "accepting is not said": never(saying("accept")),
  "hanging up is not said, and an empty seat is not noticed": (view, event, nowMs) =>
    event.kind === "gone" ? { view, effects: [] } : never(saying("bye"))(view, event, nowMs),
  "time does not pass": deafTo((one) => one.kind === "tick"),
  "a call that crosses is not looked at": deafTo((one, { main }) => one.kind === "posted" && main.at === "calling"),
  "both yield when calls cross": (view, event, nowMs) =>
    event.kind === "posted" && view.main.at === "calling" && event.account !== view.account
      ? ringStep(view, { kind: "tap-end" }, nowMs)
      : ringStep(view, event, nowMs),
  "somebody else's call is taken for one that crosses": (view, event, nowMs) => {
    const { main } = view;
    if (event.kind !== "posted" || main.at !== "calling" || event.account === view.account)
      return ringStep(view, event, nowMs);
    return ringStep({ ...view, main: { ...main, account: event.account } }, event, nowMs);
  },
  "each device that accepts is taken": (view, event, nowMs) => {
    const { main } = view;
    if (event.kind !== "said" || event.account === view.account) return ringStep(view, event, nowMs);
    if (event.say.kind === "taken") return { view, effects: [] };
    const isAnother = (main.at === "joining" || main.at === "talking") && main.call === event.call && main.isCaller;
    if (!isAnother || event.say.kind !== "accept" || event.from === main.other) return ringStep(view, event, nowMs);
    const { call } = main;
    const next = { at: "joining", call, isCaller: true, other: event.from, untilMs: nowMs + 15_000 } as const;
    return { view: { ...view, main: next }, effects: [] };
  },
  "who waits is forgotten when another calls": (view, event, nowMs) => {
    const stepped = ringStep(view, event, nowMs);
    if (event.kind !== "posted" || view.waiting === undefined) return stepped;
    return { ...stepped, view: { ...stepped.view, waiting: undefined } };
  },
  "who hangs up talks on": (view, event, nowMs) => {
    const stepped = ringStep(view, event, nowMs);
    if (event.kind !== "tap-end" || view.main.at !== "talking") return stepped;
    return { ...stepped, view: { ...stepped.view, main: view.main } };
  },
  "both devices of a person record": (view, event, nowMs) => {
    const stepped = ringStep(view, event, nowMs);
    const { main } = view;
    if (main.at !== "talking" || main.isCaller || stepped.view.main.at === "talking") return stepped;
    const again: RingEffect = { kind: "record", call: main.call, as: "ended", seconds: 0 };
    return { view: stepped.view, effects: [...stepped.effects, again] };
  },
};
