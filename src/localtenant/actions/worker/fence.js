/**
 * What Node's permission flags leave open, closed as well as a process can close itself. This is no boundary against
 * code that means harm: the flags are, as far as they reach (`runtime.py` lists what neither closes).
 *
 * - `process`: ends nothing, here or elsewhere. `_debugProcess` would send a signal to any process of this user.
 * - Modules that write files past the flags (`sqlite`, `trace_events`, `v8`), and those that hand out any module.
 * - The environment, but for the time zone: without TZ the machine's would count.
 */
'use strict';

const { createRequire, isBuiltin } = require('node:module');

const CLOSED_FUNCTIONS = [
  '_debugEnd',
  '_debugProcess',
  '_kill',
  'abort',
  'dlopen',
  'execve',
  'exit',
  'kill',
  'reallyExit',
];
const CLOSED_MODULES = ['module', 'repl', 'sqlite', 'trace_events', 'v8', 'vm'];
const realRequire = createRequire(__filename);

/** @param {string} name - `crypto`, `node:crypto` */
function requireBuiltin(name) {
  refuseClosed(name);
  if (!isBuiltin(name)) throw new Error(`Cannot find module '${name}': the local tenant installs no dependencies`);
  return realRequire(name);
}

function getBuiltin(name) {
  refuseClosed(name);
  return isBuiltin(name) ? realRequire(name) : undefined;
}

function refuseClosed(name) {
  if (CLOSED_MODULES.includes(String(name).replace(/^node:/, ''))) {
    throw new Error(`${name} is not available to an Action here`);
  }
}

function fence() {
  for (const name of Object.keys(process.env)) if (name !== 'TZ') delete process.env[name];
  const close = (name, value) => {
    Object.defineProperty(process, name, { value, configurable: false, writable: false });
  };
  for (const name of CLOSED_FUNCTIONS) {
    close(name, () => {
      throw new Error(`process.${name} is not available to an Action`);
    });
  }
  close('getBuiltinModule', getBuiltin);
  close('mainModule', undefined);
}

module.exports = { fence, requireBuiltin };
