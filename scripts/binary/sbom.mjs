// A CycloneDX bill of materials of a single executable: the packages that the lock file names for users, and the Node.js built in.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enums, Models, Serialize, Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { root } from '../build-options.mjs';

const SPEC = Spec.Spec1dot6;
const SPDX_ID = /^[\w.+-]+$/;

const licenseOf = (license) =>
  SPDX_ID.test(license) ? new Models.SpdxLicense(license) : new Models.LicenseExpression(license);

/** A lock file states integrity as base64, CycloneDX as hexadecimal. */
const sha512Of = (integrity) => Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');

function componentOf(path, { version, license, integrity }) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const [group, bare] = name.startsWith('@') ? name.split('/') : [undefined, name];
  return new Models.Component(Enums.ComponentType.Library, bare, {
    ...(group === undefined ? {} : { group }),
    version,
    bomRef: `${path}@${version}`,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licenses: new Models.LicenseRepository([licenseOf(license)]),
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-512'], sha512Of(integrity)]]),
    scope: Enums.ComponentScope.Required,
  });
}

/** As Node.js resolves a package: in the nearest node_modules above the one that asks for it. */
function resolveIn(components, from, name) {
  const found = components.get(`${from}node_modules/${name}`);
  if (found !== undefined || from === '') return found;
  return resolveIn(components, from.slice(0, from.lastIndexOf('node_modules/')), name);
}

function dependOn(component, components, from, names) {
  for (const name of Object.keys(names ?? {})) {
    const found = resolveIn(components, from, name);
    if (found !== undefined) component.dependencies.add(found.bomRef);
  }
}

function bomOf({ name, version, license }, { packages }, nodeVersion) {
  const users = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  const components = new Map(users.map(([path, entry]) => [path, componentOf(path, entry)]));
  for (const [path, { dependencies }] of users) dependOn(components.get(path), components, `${path}/`, dependencies);
  const node = new Models.Component(Enums.ComponentType.Platform, 'node', {
    version: nodeVersion,
    bomRef: `node@${nodeVersion}`,
    purl: `pkg:generic/node@${nodeVersion}`,
    licenses: new Models.LicenseRepository([new Models.SpdxLicense('MIT')]),
  });
  const probe = new Models.Component(Enums.ComponentType.Application, name, {
    version,
    bomRef: `${name}@${version}`,
    purl: `pkg:npm/${name}@${version}`,
    licenses: new Models.LicenseRepository([licenseOf(license)]),
    dependencies: new Models.BomRefRepository([node.bomRef]),
  });
  dependOn(probe, components, '', packages[''].dependencies);
  return new Models.Bom({
    metadata: new Models.Metadata({ component: probe }),
    components: new Models.ComponentRepository([node, ...components.values()]),
  });
}

/** Writes `sbom.cdx.json`, once it is valid, and returns that name. It holds no time and no random number, so that it comes again as it is. */
export async function writeSbom(folder, nodeVersion) {
  const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const bom = bomOf(read('package.json'), read('package-lock.json'), nodeVersion);
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(SPEC));
  const text = `${serializer.serialize(bom, { sortLists: true, space: 1 })}\n`;
  const refused = await new Validation.JsonStrictValidator(SPEC.version).validate(text);
  if (refused !== null) throw new Error(`the bill of materials is not valid: ${JSON.stringify(refused)}`);
  writeFileSync(join(folder, 'sbom.cdx.json'), text);
  return 'sbom.cdx.json';
}
