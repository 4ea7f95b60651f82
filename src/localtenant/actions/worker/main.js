/**
 * The Node process that runs one deployed version of one Action: it reads calls from stdin, one JSON line each, and
 * answers on stdout, one JSON line each.
 *
 * The first line says `{token, code}`; every answer begins with the token, so that nothing an Action writes to stdout
 * can pass for an answer. A call is `{id, handler, event, can_redirect, cache, now_ms}`, one at a time; an answer
 * `{id, commands, logs, error, cache_writes, retire}`.
 *
 * Fenced by Node's permission flags, which the parent passes: no file but this folder's, no child process, no worker
 * thread, no addon, no inspector. Fenced here: the environment is emptied, `process.exit` and `process.kill` throw.
 * Not fenced: the network, memory and processor time up to the parent's limits, and this process itself. An Action
 * that means harm can forge its own answers; the parent believes nothing that it could not have asked `api` for.
 */
'use strict';

const { writeSync } = require('node:fs');
const { createRequire, isBuiltin } = require('node:module');
const { createInterface } = require('node:readline');
const { compileFunction, runInThisContext } = require('node:vm');

const { setTheClock } = require('./clock.js');
const { captureConsole } = require('./output.js');
const { builtinsAreAsTheyWere } = require('./builtins.js');
const { openRecord } = require('./recorder.js');
const { apiOf } = require('./apis.js');

const { parse, stringify } = JSON;
const realExit = process.exit.bind(process);
const SYNCHRONOUS_LIMIT_MS = 25_000; // beyond the parent's: it ends a loop whose parent was killed

let token;
let code;
let handlers; // of the module, once it is loaded; kept from call to call, as on Auth0
let current; // the record of the call that runs

fence();
createInterface({ input: process.stdin }).on('line', take).on('close', () => realExit(0));
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

function take(line) {
  const message = parse(line);
  if (token === undefined) ({ token, code } = message);
  else run(message);
}

async function run(call) {
  current = openRecord();
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
  } catch (thrown) {
    error = textOf(thrown);
  }
  answer(call.id, error);
}

/** The code as Node would load a CommonJS module of it; `require` finds what is built in, and nothing else. */
function load(source) {
  const module = { exports: {} };
  const builtin = createRequire(__filename);
  const require = (name) => {
    if (!isBuiltin(name)) throw new Error(`Cannot find module '${name}': the local tenant installs no dependencies`);
    return builtin(name);
  };
  const names = ['exports', 'require', 'module', '__filename', '__dirname'];
  const wrapper = compileFunction(source, names, { filename: 'action.js' });
  bounded(() => wrapper.call(module.exports, module.exports, require, module, '/action.js', '/'));
  return module.exports;
}

/** Only the part before the first `await` is bounded here; the parent bounds all of it. */
function bounded(work) {
  globalThis[bounded.slot] = work;
  return runInThisContext(`globalThis[Symbol.for('localtenant.work')]()`, { timeout: SYNCHRONOUS_LIMIT_MS });
}
bounded.slot = Symbol.for('localtenant.work');

/** What happens outside of the handler's promise ends the call, and the process: its state is unknown. */
function crash(thrown) {
  if (current) answer(current.id, textOf(thrown), true);
  realExit(1);
}

function answer(id, error, retire = false) {
  const { commands, logs, cacheWrites } = current;
  current = undefined;
  captureConsole(undefined);
  const said = { id, commands, logs, error, cache_writes: cacheWrites, retire: retire || !builtinsAreAsTheyWere() };
  const bytes = Buffer.from(`\n${token} ${stringify(said)}\n`);
  for (let written = 0; written < bytes.length;) written += writeSync(1, bytes, written);
}

function textOf(thrown) {
  try {
    const text = thrown instanceof Error ? thrown.message : thrown;
    return String(text).slice(0, 1000) || 'The Action threw an error without a message.';
  } catch {
    return 'The Action threw what has no text.';
  }
}

function fence() {
  for (const name of Object.keys(process.env)) delete process.env[name];
  const refuse = (name) => () => {
    throw new Error(`process.${name} is not available to an Action`);
  };
  for (const name of ['exit', 'reallyExit', 'abort', 'kill', '_kill', 'chdir', 'dlopen']) {
    Object.defineProperty(process, name, { value: refuse(name), configurable: false, writable: false });
  }
}
