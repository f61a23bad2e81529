/** Files: sent and fetched, through a home that may die and networks that break. */
import type { Source } from "@yanshu/client";
import { fileBytes } from "../screen.ts";
import { type Act, anybody, anywhere, label } from "./act.ts";

/** What fits into a letter and what does not; small, so that a seed stays quick. */
const sizes = [900, 6_000, 40_000];

export const send: Act = (town) => {
  if (town.world.blobs === undefined) return undefined;
  const at = anywhere(town, ({ state, kind }) => kind !== "own" && state === "open");
  if (at === undefined) return undefined;
  const { person, standing } = at;
  const said = town.ledger.say(town, person, standing.conversation);
  town.ledger.saidAgain.add(said.text); // Its place is where it was when its file was stored (ME6).
  const bytes = fileBytes(said.text, town.chance.pick(sizes));
  const source: Source = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  if (town.chance.next() < 0.5)
    town.ask(person, "file", (api) =>
      api.sendFile(standing.conversation, { source, name: said.text, type: "application/octet-stream" }),
    );
  else {
    const picture = { source, type: "image/webp", width: 40, height: 30, placeholder: new Uint8Array(20) } as const;
    town.ask(person, "photos", (api) =>
      api.sendPhotos(standing.conversation, { pictures: [picture], caption: said.text }),
    );
  }
  return `sends ${bytes.length} bytes: ${said.text}`;
};

export const fetch: Act = (town) => {
  const person = town.world.blobs === undefined ? undefined : anybody(town);
  const handles = person?.disk.all<{ handle: Uint8Array }>("SELECT handle FROM blobs") ?? [];
  if (person === undefined || handles.length === 0) return undefined;
  const handle = Buffer.from(town.chance.pick(handles).handle).toString("hex");
  town.ask(person, "fetch", (api) => api.moveFile(handle));
  return `${person.device} fetches ${label(handle)}`;
};
