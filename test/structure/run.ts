/** `npm run structure`: cycles between the sources, their sizes, and how their functions are named. */
import { resolve } from 'node:path';
import { measureStructure, toPercent } from './figures.ts';
import { readSources } from './sources.ts';

const figures = measureStructure(readSources(resolve(import.meta.dirname, '../..')));
const { files, medianLines, longest, importCycles, folderCycles, functions, endingInOf, withoutVerb } = figures;
const withVerb = functions - withoutVerb.length;

console.log(`${files} source files, median ${medianLines} lines, longest ${longest.lines} (${longest.path})`);
console.log(`import cycles, types included: ${importCycles.length}`);
for (const cycle of importCycles) console.log(`  ${cycle.join(' ')}`);
console.log(`folder cycles: ${folderCycles.length}`);
for (const cycle of folderCycles) console.log(`  ${cycle.join(' ')}`);
console.log(
  `names that several files export: ${figures.sharedNames.size} (${[...figures.sharedNames.keys()].join(' ')})`,
);
console.log(`${functions} top-level functions`);
console.log(`  begin with a verb: ${withVerb} (${toPercent(withVerb, functions)} %)`);
console.log(
  `  end in "Of": ${endingInOf.length} (${toPercent(endingInOf.length, functions)} %) ${endingInOf.join(' ')}`,
);
if (process.argv.includes('--names')) console.log(`  without a verb: ${withoutVerb.join(' ')}`);
