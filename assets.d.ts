declare module "*?url" {
  const url: string;
  export default url;
}

/** The file itself, as a `data:` URL. */
declare module "*?inline" {
  const url: string;
  export default url;
}
