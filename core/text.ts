/** Numbers and names as people read them. */

/** `99.87 %` */
export function percent(share: number): string {
  if (share > 0 && share < 0.0001) return "< 0.01 %";
  if (share < 1 && share > 0.9999) return "> 99.99 %";
  return `${(share * 100).toFixed(2)} %`;
}

/** `conservationGap` → `conservation gap` */
export const words = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
