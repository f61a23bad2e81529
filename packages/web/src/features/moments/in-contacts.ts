/**
 * All screens of Moments. They are bundled in the chunk of the screens of Contacts, because a friend's page leads to
 * them: a chunk of their own, with the shared chunks that it would cause, costs a slow network several round trips
 * (docs/spec/web.md WE12).
 */
export { FamilyAlbum } from "./album.tsx";
export { Compose } from "./compose.tsx";
export { ContactMoments } from "./contact-rows.tsx";
export { Discover } from "./discover.tsx";
export { Feed } from "./feed.tsx";
export { FoundMoments } from "./found.tsx";
export { News } from "./news.tsx";
export { FriendMoments, MyMoments } from "./person-page.tsx";
export { PostPage } from "./post-page.tsx";
export { MomentsSettings } from "./settings.tsx";
export { Status } from "./status.tsx";
export { MyStatusRow } from "./status-rows.tsx";
