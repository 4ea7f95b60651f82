/**
 * What `api` was told, in order, as JSON: a command is `[name, ...arguments]`, copied when it is given, so that what
 * an Action changes afterwards changes nothing.
 */
'use strict';

const { parse, stringify } = JSON;

function openRecord(id) {
  return { id, commands: [], logs: [], logged: 0, cacheWrites: Object.create(null) };
}

/**
 * An `api` of some namespaces. Methods that Auth0 has and the local tenant has not throw an error that names them, and
 * leave a line in the log, because an Action may swallow errors. What Auth0 lacks too is `undefined`.
 *
 * @param {Record<string, Record<string, Function>>} namespaces
 * @param {Record<string, string[]>} unsupported - by namespace
 * @param {object} record
 */
function apiOfNamespaces(namespaces, unsupported, record) {
  const api = {};
  for (const name of new Set([...Object.keys(namespaces), ...Object.keys(unsupported)])) {
    const refused = (unsupported[name] ?? []).map((method) => [method, refuse(`api.${name}.${method}`, record)]);
    api[name] = Object.freeze({ ...Object.fromEntries(refused), ...namespaces[name] });
  }
  return new Proxy(Object.freeze(api), {
    set: (_, name) => {
      throw new TypeError(`Cannot assign to api.${String(name)}`);
    },
  });
}

function refuse(name, record) {
  return () => {
    const text = `${name} is not supported by the local tenant`;
    record.logs.push(text);
    throw new Error(text);
  };
}

/** @returns {(name: string, ...args: unknown[]) => void} throws where an argument is no JSON */
function recorderOf(record) {
  return (name, ...args) => {
    record.commands.push([name, ...args.map((value) => parse(stringify(value) ?? 'null'))]);
  };
}

module.exports = { apiOfNamespaces, openRecord, recorderOf };
