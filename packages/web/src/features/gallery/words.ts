/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "gallery.album": "照片和视频",
  "gallery.files": "文件",
  "gallery.findFile": "按名字找文件",
  "gallery.noPhotos": "还没有照片",
  "gallery.noPhotosNote": "聊天里发的照片和视频都会收在这里，按月份排好。",
  "gallery.noFiles": "还没有文件",
};
export type GalleryId = keyof typeof zhHans;

const zhHant: Record<GalleryId, string> = {
  "gallery.album": "照片和影片",
  "gallery.files": "檔案",
  "gallery.findFile": "按名字找檔案",
  "gallery.noPhotos": "還沒有照片",
  "gallery.noPhotosNote": "聊天裡傳的照片和影片都會收在這裡，按月份排好。",
  "gallery.noFiles": "還沒有檔案",
};

const en: Record<GalleryId, string> = {
  "gallery.album": "Photos and videos",
  "gallery.files": "Files",
  "gallery.findFile": "Find a file by name",
  "gallery.noPhotos": "No photos yet",
  "gallery.noPhotosNote": "Photos and videos of this chat gather here, month by month.",
  "gallery.noFiles": "No files yet",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<GalleryId, string> {}
}
