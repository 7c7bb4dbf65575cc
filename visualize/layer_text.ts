/** A layer's name, as an objective takes it: in quotes, where it could be read as something else. */
export const layerText = (name: string): string => /^[\w.[\]/-]+$/.test(name) ? name : `"${name}"`;
