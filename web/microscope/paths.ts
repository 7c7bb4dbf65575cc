/** Where the pages and pictures of a microscope lie in its folder. */

export const paths = {
  start: "/",
  classes: "/classes.html",
  pictures: (page = 1) => page > 1 ? `/pictures-${page}.html` : "/pictures.html",
  layer: (slug: string) => `/layers/${slug}.html`,
  channel: (slug: string, channel: number) => `/channels/${slug}/${channel}.html`,
  atlas: (slug: string) => `/atlas/${slug}.html`,
  /** All squares of a grid of an atlas. */
  sheet: (slug: string, grid: number) => `/atlas/${slug}-${grid}.png`,
  class: (index: number) => `/classes/${index}.html`,
  picture: (number: number) => `/seen/${number}.html`,
  /** What a channel looks for, or, by the end of the name, what it dislikes. */
  image: (slug: string, channel: number, kind = "") => `/images/${slug}/${channel}${kind}.png`,
  /** The nine places that excite a channel most. */
  crops: (slug: string, channel: number) => `/crops/${slug}/${channel}.png`,
  /** A picture as the network sees it. */
  seen: (number: number) => `/seen/${number}.png`,
};

/** The file of a page. */
export const fileOf = (path: string): string => path === paths.start ? "/index.html" : path;
