/** The pictures and files of a chat. */
export { Album } from "./album.tsx";
export { ChatFiles } from "./files.tsx";
