// Validates xAPI statements with the library of Learning Locker, a record store that nobody here
// wrote. In, on stdin: [statement]. Out: [what is wrong with each, "" for nothing].
import {readFileSync} from 'node:fs';
import validation from '@learninglocker/xapi-validation';

const told = ({name, path, typeName}) => `${path.join('.')}: ${typeName ?? name}`;
const statements = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(
  statements.map(one => validation.default(one).map(told).join(' | '))
));
