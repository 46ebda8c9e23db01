/**
 * Who may import whom: design, section "Layout". `npm run imports` checks it. Each comment is what an engineer reads
 * when the rule bites, so it says where the import belongs instead.
 */

/** Only these may be imported; `folders` are regular expressions of paths. */
const only = (name, from, folders, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: '^(src|spec|model|proofs|test)/', pathNot: [from, ...folders] },
})

/** Scripts that write generated files are run by hand and imported by nobody. */
const GENERATOR = '/generate\\.ts$'

const PURE = '^(src/(core|service|server|wire|oracle)|spec|model)/'

module.exports = {
  forbidden: [
    only('core-is-alone', '^src/core/', [], 'src/core imports only itself and fp-ts: it is the definition of ZAB.'),
    only('service-on-core', '^src/service/', ['^src/core/'], 'src/service may import src/core only.'),
    only(
      'server-on-core-and-service',
      '^src/server/',
      ['^src/(core|service)/'],
      'src/server may import src/core and src/service only.',
    ),
    only(
      'wire-on-values',
      '^src/wire/',
      ['^src/(core|service|server)/'],
      'src/wire turns values into bytes and back: it may import src/core, src/service and src/server only.',
    ),
    only(
      'oracle-judges-others',
      '^src/oracle/',
      ['^src/(core|service|wire)/', '^spec/', '^model/consistency/'],
      'src/oracle may import src/core, src/service, src/wire, spec and model/consistency only.',
    ),
    only(
      'shell-below-cli',
      '^src/shell/',
      ['^src/(core|service|server|wire|oracle)/'],
      'src/shell may import everything in src but src/cli: what a deployed server runs needs no model and no proof.',
    ),
    {
      name: 'spec-stands-alone',
      severity: 'error',
      comment: 'spec states what ZAB is a second time, so it may share types with src, never code. Use `import type`.',
      from: { path: '^spec/' },
      to: { path: '^src/', dependencyTypesNot: ['type-only'] },
    },
    only('spec-below-all', '^spec/', ['^src/'], 'spec may import nothing but types of src.'),
    only(
      'model-on-pure-code',
      '^model/(?!world/)',
      ['^model/', '^src/(core|service|server)/', '^spec/'],
      'model may import src/core, src/service, src/server and spec; only model/world may use src/wire too.',
    ),
    only(
      'world-on-pure-code',
      '^model/world/',
      ['^model/', '^src/(core|service|server|wire)/', '^spec/'],
      'model/world may import src/core, src/service, src/server, src/wire, spec and the rest of model.',
    ),
    only(
      'proofs-on-pure-code',
      '^proofs/',
      ['^src/(core|service|server|wire|oracle)/', '^spec/', '^model/'],
      'proofs may import pure code only: nothing of src/shell or src/cli.',
    ),
    {
      name: 'shell-is-the-edge',
      severity: 'error',
      comment: 'Nothing imports src/shell but src/cli and tests: side effects stay at the edge.',
      from: { pathNot: '^(src/shell|src/cli|test)/' },
      to: { path: '^src/shell/' },
    },
    {
      name: 'cli-is-the-top',
      severity: 'error',
      comment: 'Nothing imports src/cli but tests.',
      from: { pathNot: '^(src/cli|test)/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'tests-are-leaves',
      severity: 'error',
      comment: 'Nothing imports tests.',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'pure-code-without-node',
      severity: 'error',
      comment: 'This folder is pure: what needs a module of Node belongs to src/shell.',
      from: { path: PURE, pathNot: GENERATOR },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-code-with-fp-ts-only',
      severity: 'error',
      comment: 'The only package that pure code may use is fp-ts.',
      from: { path: PURE, pathNot: '^model/testing/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/fp-ts/' },
    },
    {
      name: 'testing-is-handed-fast-check',
      severity: 'error',
      comment:
        'model/testing is pure code: of fast-check it may use types only (`import type`), its caller hands it in.',
      from: { path: '^model/testing/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/fp-ts/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-development-packages-at-run-time',
      severity: 'error',
      comment: 'This package is a devDependency: what is deployed cannot have it. (Proving is done in a checkout.)',
      from: { path: '^src/', pathNot: '^src/cli/prove/z3\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'These modules import each other in a circle: none can be read, loaded or tested before the others.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-type-circles',
      severity: 'warn',
      comment: 'Types refer to each other in a circle. It loads, but one of them is in the wrong file.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypes: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'There is no such module (relative imports end in .js).',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type-only imports count: a type is a dependency of the reader.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
