/** Which files are pictures: browsers do not know all kinds that are read here. */

/** What a field for pictures offers. */
export const ACCEPT = "image/*,.ppm,.pgm,.pbm,.pnm,.pam";

/** Whether a file is one by its kind or its name. */
export const isPicture = (file: File): boolean =>
  /^image\//.test(file.type) || /\.p[pgbna]m$/i.test(file.name);
