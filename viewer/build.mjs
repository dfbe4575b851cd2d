// Bundles the viewer into the one file that the site serves, with the licences of what is in it.
//
// Cornerstone3D brings VTK with everything that draws with a graphics card, dcmjs with a whole dictionary, readers of meshes.
// Nothing of that is called by a viewer of stacks that draws on a canvas and reads numbers from its own server: it is left out.
import { build } from "esbuild";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const place = join(here, "../src/reaccredit/looking/static/looking/viewer");
const LEFT_OUT = [/@kitware\/vtk\.js\/(Rendering\/(OpenGL|WebGPU|Profiles)|IO|Interaction|Widgets|Filters)\//, /ColorTransferFunction\/ColorMaps/, /@cornerstonejs\/metadata\/dist\/esm\/(displayset|safeFunctions)\//, /^xmlbuilder2$/, /^spark-md5$/];

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const leftOut = {
  name: "left out",
  setup(work) {
    const stub = { path: "nothing", namespace: "nothing" };
    work.onResolve({ filter: /.*/ }, async (asked) => {
      if (asked.pluginData === "asked" || asked.kind === "entry-point") return undefined;
      if (asked.path === "dcmjs") return { path: join(here, "src/stubs/dcmjs.js") };
      if (LEFT_OUT.some((one) => one.test(asked.path))) return stub;
      if (!asked.path.startsWith(".")) return undefined;
      const found = await work.resolve(asked.path, { resolveDir: asked.resolveDir, importer: asked.importer, kind: asked.kind, pluginData: "asked" });
      return LEFT_OUT.some((one) => one.test(found.path)) ? stub : found;
    });
    work.onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: readFileSync(join(here, "src/stubs/nothing.cjs"), "utf8"), loader: "js" }));
  },
};

const made = await build({
  entryPoints: [join(here, "src/main.js")], outfile: join(place, "viewer.js"), bundle: true, minify: true, format: "esm", target: "es2022",
  define: { global: "globalThis" }, legalComments: "none", metafile: true, plugins: [leftOut], absWorkingDir: here, logLevel: "warning",
});

const parts = new Map();
for (const [path, part] of Object.entries(Object.values(made.metafile.outputs)[0].inputs)) {
  const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
  if (name && part.bytesInOutput > 0) parts.set(name, (parts.get(name) || 0) + part.bytesInOutput);
}
const told = [...parts.keys()].sort().map((name) => {
  const folder = join(here, "node_modules", name), said = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((one) => /^(licen[cs]e|copying)/i.test(one));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : written(said);
  return `${name} ${said.version} (${said.license})\n\n${text}\n`;
});
function written(said) { // packages that say their licence in package.json alone
  const authors = [said.author, ...(said.contributors || [])].filter(Boolean).map((one) => one.name || one).join(", ");
  if (said.license !== "MIT") throw new Error(`${said.name}: no licence file, and not MIT`);
  return `Copyright (c) ${authors}\n\n${MIT}`;
}
writeFileSync(join(place, "LICENCES.txt"), `What is in viewer.js besides Reaccredit's own code. Built by bin/build-viewer.\n\n${told.join("\n" + "=".repeat(78) + "\n\n")}`);
const size = Object.values(made.metafile.outputs)[0].bytes;
console.log(`${relative(join(here, ".."), join(place, "viewer.js"))}: ${(size / 1e6).toFixed(2)} MB`);
if (process.argv.includes("--parts")) for (const [name, bytes] of [...parts].sort((a, b) => b[1] - a[1])) console.log(String(bytes).padStart(9), name);
