/**
 * The Node process that runs one deployed version of one Action: it reads calls from stdin, one JSON line each, and
 * answers on stdout, one JSON line each.
 *
 * The first line says `{token, code}`; every answer begins with the token, so that nothing an Action writes to stdout
 * can pass for an answer. A call is `{id, handler, event, can_redirect, cache, now_ms}`, one at a time; an answer
 * `{id, commands, logs, error, cache_writes, retire}`.
 *
 * Fenced by Node's permission flags, which the parent passes, and by `fence.js`. An Action that means harm can forge
 * its own answers; the parent believes nothing that it could not have asked `api` for.
 */
'use strict';

const { writeSync } = require('node:fs');
const { createInterface } = require('node:readline');
const { compileFunction, runInThisContext } = require('node:vm');

const { setTheClock } = require('./clock.js');
const { fence, requireBuiltin } = require('./fence.js');
const { goOffline } = require('./offline.js');
const { captureConsole } = require('./output.js');
const { builtinsAreAsTheyWere } = require('./builtins.js');
const { openRecord } = require('./recorder.js');
const { apiOf } = require('./apis.js');

const { parse, stringify } = JSON;
const { setImmediate } = globalThis;
const realExit = process.reallyExit.bind(process); // `process.exit` would call what the fence closes
const SYNCHRONOUS_LIMIT_MS = 25_000; // beyond the parent's: it ends a loop whose parent was killed

let token;
let code;
let handlers; // of the module, once it is loaded; kept from call to call, as on Auth0
let current; // the record of the call that runs
let isSpoiled = false; // by what happened outside of any call: the next answer is this process's last

if (process.env.LOCALTENANT_OFFLINE) goOffline();
fence();
createInterface({ input: process.stdin }).on('line', take).on('close', () => realExit(0));
process.on('uncaughtException', crash);
process.on('unhandledRejection', noteRejection);

function take(line) {
  const message = parse(line);
  if (token === undefined) ({ token, code } = message);
  else run(message);
}

async function run(call) {
  current = openRecord(call.id);
  captureConsole(current);
  setTheClock(call.now_ms);
  const cache = new Map(Object.entries(call.cache));
  let error = null;
  try {
    handlers ??= load(code);
    const handler = handlers[call.handler];
    if (typeof handler !== 'function') throw new Error(`The Action does not export ${call.handler}.`);
    const api = apiOf(call, current, cache);
    await bounded(() => handler(call.event, api));
    await new Promise(setImmediate); // for promises that nobody awaits
  } catch (thrown) {
    error = textOf(thrown);
  }
  answer(call.id, error);
}

/** The code as Node would load a CommonJS module of it; `require` finds what is built in, and nothing else. */
function load(source) {
  const module = { exports: {} };
  const names = ['exports', 'require', 'module', '__filename', '__dirname'];
  const wrapper = compileFunction(source, names, { filename: 'action.js' });
  bounded(() => wrapper.call(module.exports, module.exports, requireBuiltin, module, '/action.js', '/'));
  return module.exports;
}

/** Only the part before the first `await` is bounded here; the parent bounds all of it. */
function bounded(work) {
  globalThis[bounded.slot] = work;
  return runInThisContext(`globalThis[Symbol.for('localtenant.work')]()`, { timeout: SYNCHRONOUS_LIMIT_MS });
}
bounded.slot = Symbol.for('localtenant.work');

/** An exception outside of the handler's promise, in a timer perhaps, ends the call and the process. */
function crash(thrown) {
  isSpoiled = true;
  if (current === undefined) return;
  answer(current.id, textOf(thrown));
  realExit(1);
}

/** A promise that nobody awaits ends nothing. */
function noteRejection(thrown) {
  current?.logs.push(`Unhandled rejection: ${textOf(thrown)}`);
}

/** Where an Action has broken what an answer needs, the process ends: the parent sees that at once. */
function answer(id, error) {
  try {
    const { commands, logs, cacheWrites } = current;
    current = undefined;
    captureConsole(undefined);
    const retire = isSpoiled || !builtinsAreAsTheyWere();
    const said = { id, commands, logs, error, cache_writes: cacheWrites, retire };
    const bytes = Buffer.from(`\n${token} ${stringify(said)}\n`);
    for (let written = 0; written < bytes.length;) written += writtenOf(bytes, written);
  } catch {
    realExit(1);
  }
}

/** The parent reads as fast as it can; a full pipe is asked again. */
function writtenOf(bytes, from) {
  try {
    return writeSync(1, bytes, from);
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return 0;
  }
}

function textOf(thrown) {
  try {
    const text = thrown instanceof Error ? thrown.message : thrown;
    return String(text).slice(0, 1000) || 'The Action threw an error without a message.';
  } catch {
    return 'The Action threw what has no text.';
  }
}
