// Builds static/build/ from this folder and node_modules: `npm run build`, or with `--watch`.
//
// Every `frontend/<name>.js` and `frontend/<name>.css` becomes a bundle of its own,
// `static/build/<name>.js` or `.css`; what several bundles share lies in `modules/` and `styles/`.
// The icons named in `icons.json` become one sprite, `static/build/icons.svg`.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const out = join(root, "static", "build");
const watch = process.argv.includes("--watch");

const entries = readdirSync(here)
  .filter((name) => name.endsWith(".js") || name.endsWith(".css"))
  .map((name) => join(here, name));

const options = {
  entryPoints: entries,
  outdir: out,
  bundle: true,
  minify: true,
  // Scripts are loaded with `defer`, so one closed function each; nothing leaks but htmx.
  format: "iife",
  target: ["chrome123", "firefox121", "safari17.5"],
  // Our own files, served beside the bundle; Django's manifest storage hashes their names.
  external: ["../fonts/*"],
  legalComments: "linked",
  logLevel: "warning",
};

/** One <symbol> an icon, with what Tabler puts on its <svg>; a name Tabler lacks stops the build. */
function sprite() {
  const symbols = JSON.parse(readFileSync(join(here, "icons.json"), "utf8")).map((name) => {
    const file = join(root, "node_modules", "@tabler", "icons", "icons", "outline", `${name}.svg`);
    const shapes = readFileSync(file, "utf8").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
    const drawn = shapes.replace(/\s*\n\s*/g, "").replace(/<path stroke="none"[^>]*>/, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${drawn}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

mkdirSync(out, { recursive: true });
writeFileSync(join(out, "icons.svg"), sprite());

if (watch) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  const { metafile } = await esbuild.build({ ...options, metafile: true });
  const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const name of readdirSync(out)) {
    if (!made.has(name) && name !== "icons.svg") rmSync(join(out, name));
  }
}
