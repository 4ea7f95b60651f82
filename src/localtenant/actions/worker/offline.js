/**
 * No network for an Action that is only tried: `fetch` is answered by nobody with a token for the asking, a line in the
 * log says whom it would have called, and every other connection fails. Once per process, before the Action is loaded.
 *
 * This keeps an Action from writing somewhere by being tried; it does not hold back one that means harm.
 */
'use strict';

const { Socket: DatagramSocket } = require('node:dgram');
const dns = require('node:dns');
const { Socket } = require('node:net');

const CALLED = 'offline: '; // `trial.py` reads it
const ANSWER = JSON.stringify({ access_token: 'of-an-offline-tenant', token_type: 'Bearer', expires_in: 86400 });

function goOffline() {
  globalThis.fetch = async (target, options) => {
    const { method, url } = new Request(target, options);
    console.log(`${CALLED}${method} ${new URL(url).host}`);
    return new Response(ANSWER, { status: 200, headers: { 'content-type': 'application/json' } });
  };
  Socket.prototype.connect = refuse;
  DatagramSocket.prototype.send = refuse;
  DatagramSocket.prototype.connect = refuse;
  for (const names of [dns, dns.promises]) {
    for (const name of Object.keys(names)) if (/^(lookup|resolve|reverse|Resolver)/.test(name)) names[name] = refuse;
  }
  for (const name of ['WebSocket', 'EventSource']) delete globalThis[name];
}

function refuse() {
  throw new Error('a connection is not supported by the local tenant while it is offline');
}

module.exports = { goOffline };
