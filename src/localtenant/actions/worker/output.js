/** What an Action writes goes into the record of its call, within a limit; none of it reaches the real stdout. */
'use strict';

const { format } = require('node:util');

const MAX_CHARACTERS = 16_384; // Auth0 keeps 256 of them; a developer may see more
const LEVELS = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'dirxml', 'table', 'group', 'assert'];
let record;

for (const level of LEVELS) {
  console[level] = (...words) => {
    if (level === 'assert' && words.shift()) return;
    write(format(...words));
  };
}
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk) => {
    write(String(chunk).replace(/\n$/, ''));
    return true;
  };
}

/** @param {object | undefined} of - the record of the call that runs; what is written between calls is nobody's */
function captureConsole(of) {
  record = of;
}

function write(text) {
  if (record === undefined || record.logged > MAX_CHARACTERS) return;
  const room = MAX_CHARACTERS - record.logged;
  record.logged += text.length + 1;
  record.logs.push(text.length > room ? `${text.slice(0, room)} … (cut: the Action wrote too much)` : text);
}

module.exports = { captureConsole };
