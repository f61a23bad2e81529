/**
 * The words of what was said: by these it is found (docs/spec/search.md SE2, SE8).
 */
import type { Body } from "./body.ts";

/** Empty where there is nothing but its kind to find it by. Undefined for what nobody would look for. */
export function searchTextOf(body: Body): string | undefined {
  switch (body.kind) {
    case "text":
      return body.link === undefined ? body.text : `${body.text}\n${body.link.title}`;
    case "greeting":
      return body.text;
    case "sticker":
      return body.name === "" ? undefined : body.name;
    case "groupCard":
      return body.name;
    case "photos":
      return body.caption;
    case "voice":
    case "video":
      return "";
    case "file":
    case "location":
    case "card":
      return body.name;
    case "poll":
      return [body.question, ...body.options].join("\n");
    case "chain":
      return [body.title, body.note, ...body.seeds].join("\n");
    default:
      return undefined;
  }
}
