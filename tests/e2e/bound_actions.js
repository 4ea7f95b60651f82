/**
 * Runs a list of Actions as Auth0 does after a login, each with the recording `api` of the Actions' own tests, and says what each of them asked
 * for. The list ends where somebody is denied or redirected.
 *
 * stdin: { actions: [{ name, code, secrets }], events: [changes of anEvent] }; stdout: [[[name, recorded], …] for each event]
 */
'use strict';

const Module = require('node:module');
const path = require('node:path');

const { anEvent } = require('../actions/support/event.js');
const { anApi, outcome } = require('../actions/support/post_login_api.js');

function load({ name, code }) {
  const loaded = new Module(path.join(__dirname, `${name}.js`));
  loaded._compile(code, loaded.id);
  return loaded.exports;
}

async function run(actions, changes) {
  const asked = [];
  for (const action of actions) {
    const event = anEvent({ ...changes, secrets: undefined });
    event.secrets = action.secrets;
    const api = anApi(event);
    await load(action).onExecutePostLogin(event, api);
    asked.push([action.name, { ...api.recorded, outcome: outcome(event, api) }]);
    if (api.recorded.denied.length > 0 || api.recorded.redirect) break;
  }
  return asked;
}

async function main() {
  let text = '';
  for await (const piece of process.stdin) text += piece;
  const { actions, events } = JSON.parse(text);
  const found = [];
  for (const changes of events) found.push(await run(actions, changes));
  process.stdout.write(JSON.stringify(found));
}

main();
