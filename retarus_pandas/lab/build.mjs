// Builds `static/`, which is committed and goes into the wheel, so that nobody needs Node to install the package:
//
//     cd retarus_pandas/lab && npm install && npm run build
//
// `static/built.sha256` then names the sources and all that was made of them; a test compares.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);
const builder = resolve('@jupyter/builder/lib/build-labextension.js');
const core = resolve('@jupyterlab/core-meta/core.package.json');
execFileSync(process.execPath, [builder, '--core-package-file', core, '.'], { stdio: 'inherit' });

const files = ['src', 'static'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
);
const digest = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
const lines = ['build.mjs', 'package.json', 'rspack.config.cjs', ...files].sort().map((path) => `${digest(path)}  ${path}\n`);
writeFileSync('static/built.sha256', lines.join(''));
