// SPDX-License-Identifier: ISC
//
// build: makes the portal's pages from src/ with esbuild. What comes out is
// index.html, an icon, the licences of what is built in, and assets/, whose
// names carry a hash of what is in them.
//
// Usage: node build.mjs [FOLDER]   (default: dist beside this file)

import { build } from "esbuild";
import { copyFile, mkdir, readFile, rename, rm, writeFile }
	from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "dist"));
// A build that fails leaves what was there before.
const half = `${out}.new`;
const PACKAGES = ["preact"];

const bundle = () => build({
	absWorkingDir: here,
	entryPoints: { app: "src/main.jsx" },
	bundle: true,
	splitting: true,
	format: "esm",
	minify: true,
	metafile: true,
	target: "es2022",
	jsx: "automatic",
	jsxImportSource: "preact",
	charset: "utf8",
	legalComments: "none",
	entryNames: "assets/[name]-[hash]",
	chunkNames: "assets/[name]-[hash]",
	outdir: half,
	logLevel: "warning",
});

// The names of the script and of the style sheet that index.html begins with.
const entry = (outputs) => {
	const [script, made] = Object.entries(outputs)
		.find(([, output]) => output.entryPoint === "src/main.jsx");
	return { script: basename(script), style: basename(made.cssBundle) };
};

const page = async ({ script, style }) => {
	const text = await readFile(join(here, "src/index.html"), "utf8");
	return text.replace("@SCRIPT@", `assets/${script}`)
		.replace("@STYLE@", `assets/${style}`);
};

const licences = async () => {
	const texts = await Promise.all(PACKAGES.map(async (name) => {
		const file = join(here, "node_modules", name, "LICENSE");
		return `${name}\n\n${await readFile(file, "utf8")}`;
	}));
	return `The portal contains:\n\n${texts.join("\n\n")}`;
};

await rm(half, { recursive: true, force: true });
await mkdir(half, { recursive: true });
const { metafile } = await bundle();
await writeFile(join(half, "licences.txt"), await licences());
await copyFile(join(here, "src/favicon.svg"), join(half, "favicon.svg"));
await writeFile(join(half, "index.html"), await page(entry(metafile.outputs)));
await rm(out, { recursive: true, force: true });
await rename(half, out);
