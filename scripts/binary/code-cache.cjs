// Run by the very Node.js that is built into an executable: writes the code cache of each chunk of a folder beside it.
'use strict';
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const process = require('node:process');
const { Script } = require('node:vm');

const [folder] = process.argv.slice(2);
for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
  // as scripts/binary/loader.cjs reads it
  const script = new Script(readFileSync(join(folder, file), 'latin1'), { filename: `./${file}` });
  writeFileSync(join(folder, `${file}.cache`), script.createCachedData());
}
