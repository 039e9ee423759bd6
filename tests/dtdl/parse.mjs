// Parses a DTDL model from standard input: prints the ids of its interfaces; or the parser's complaint, and exits 1.
import { text } from 'node:stream/consumers';
import { getInterop } from '@digicatapult/dtdl-parser';

const [model, parser] = [await text(process.stdin), await getInterop()];
let parsed;
try {
  parsed = JSON.parse(parser.parse(model));
} catch (complaint) {
  console.log(complaint.message ?? complaint);
  process.exit(1);
}
console.log(Object.values(parsed).filter((entity) => entity.EntityKind === 'Interface').map((entity) => entity.Id).join('\n'));
process.exit(0);
