/** The browser's build of a module, which `import … from "….ts?assets=client"` names: its address and what it needs. */
declare const assets: { entry: string; js: { href: string }[]; css: { href: string }[] };
export default assets;
