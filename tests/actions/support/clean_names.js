/**
 * What the deployed Action makes of names: a line of JSON in, a line of JSON out (the stored name, or `null`).
 *
 * `cleanName` is private to the Action, so its file is loaded as it is, with one export more.
 */
'use strict';

const { readFileSync } = require('node:fs');
const Module = require('node:module');

const { COMPLETE_PROFILE } = require('./run.js');

const action = new Module(COMPLETE_PROFILE);
action._compile(`${readFileSync(COMPLETE_PROFILE, 'utf8')}\nexports.cleanName = cleanName;`, COMPLETE_PROFILE);

const lines = readFileSync(0, 'utf8').split('\n').filter(Boolean);
const verdicts = lines.map((line) => JSON.stringify(action.exports.cleanName(JSON.parse(line)) ?? null));
process.stdout.write(`${verdicts.join('\n')}\n`);
