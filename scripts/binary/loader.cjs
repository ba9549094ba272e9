// The main script of a single executable: loads the chunks that the executable carries as assets, each when it is first asked for.
'use strict';
const { getRawAsset } = require('node:sea');
const { Script } = require('node:vm');

const bytesOf = (asset) => Buffer.from(getRawAsset(asset));
const modules = new Map();

function load(name) {
  if (!name.startsWith('./')) return require(name);
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(name, module);
  const cachedData = bytesOf(`${name}.cache`);
  // esbuild writes ASCII alone, and latin1 is copied, not decoded
  const script = new Script(bytesOf(name).latin1Slice(), {
    filename: name,
    cachedData: cachedData.length > 0 ? cachedData : undefined,
  });
  script.runInThisContext()(module.exports, load, module);
  return module.exports;
}

load('./cli.js');
