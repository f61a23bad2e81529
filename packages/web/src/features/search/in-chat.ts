/** Searching, from the list of chats and from one of them. */
export { ChatSearch } from "./chat-search.tsx";
export { Search } from "./search.tsx";
