/**
 * Plain events of the two triggers that send text messages, a recording `api`, and a receiver of web hooks: a server
 * on this machine that the Action reaches at its https address, so that what is tested is what went over the wire.
 *
 * Source: https://auth0.com/docs/customize/phone-messages/configure-phone-messaging-providers/configure-a-custom-phone-provider/actions-triggers-custom-phone-provider-event-object
 * Source: https://auth0.com/docs/customize/actions/explore-triggers/mfa-notifications-trigger/send-phone-message-event-object
 */
'use strict';

const { once } = require('node:events');
const { createServer } = require('node:http');
const path = require('node:path');
const { mock } = require('node:test');

const ACTIONS = path.join(__dirname, '..', '..', '..', 'actions');
const WEBHOOK_SECRET = 'webhook-secret-0123456789abcdefghijklmnopqr';
const WEBHOOK_URL = 'https://sms.example.com/guestlist?key=in-the-query';
const NUMBER = '+4915123456789';
const CODE = '402817';
const TEXT = `${CODE} is your code for Müller & Søn “☎”`;

const SHARED = {
  secrets: { WEBHOOK_URL, WEBHOOK_SECRET },
  client: { client_id: 'theApplication', name: 'The application', metadata: { plan: 'private plan' } },
  request: { ip: '203.0.113.7', hostname: 'login.example.com', language: 'sv', method: 'POST', geoip: {} },
  tenant: { id: 'private-tenant' },
  user: {
    user_id: 'auth0|ana',
    email: 'private@example.com',
    name: 'Private Name',
    phone_number: '+46700000000',
    app_metadata: { invite: { by: 'Private Inviter' } },
    user_metadata: { given_name: 'Private' },
  },
};
const NOTIFICATION = {
  as_text: TEXT,
  as_voice: `Hello. ${TEXT}`,
  code: CODE,
  delivery_method: 'text',
  from: '+4940000000',
  locale: 'de-DE',
  message_type: 'otp_verify',
  recipient: NUMBER,
};
const MESSAGE_OPTIONS = {
  action: 'second-factor-authentication',
  code: CODE,
  message_type: 'sms',
  recipient: NUMBER,
  text: TEXT,
};

/** Each trigger: how its Action is called, and the part of its event that holds the message. */
const CUSTOM_PHONE_PROVIDER = {
  trigger: 'custom-phone-provider',
  handler: 'onExecuteCustomPhoneProvider',
  part: 'notification',
  message: NOTIFICATION,
};
const SEND_PHONE_MESSAGE = {
  trigger: 'send-phone-message',
  handler: 'onExecuteSendPhoneMessage',
  part: 'message_options',
  message: MESSAGE_OPTIONS,
};

const fileOf = ({ trigger }) => path.join(ACTIONS, trigger, 'phone-webhook.js');

/** @param {object} changes - `message: undefined` leaves the whole part out, a field of `undefined` that field */
function phoneEvent({ message, part }, changes = {}) {
  const event = { ...SHARED, [part]: message };
  const renamed = Object.entries(changes).map(([name, change]) => [name === 'message' ? part : name, change]);
  for (const [name, change] of renamed) {
    event[name] = change === undefined ? undefined : { ...event[name], ...change };
  }
  return event;
}

/**
 * @param {(url: string, options: object) => Promise<object>} fetch - stands for the network
 * @returns {Promise<{ outcome: string, reasons: string[], logs: string[] }>} the outcome: sent, retry, drop, or throws
 */
async function runPhone(action, changes, fetch) {
  const event = JSON.parse(JSON.stringify(phoneEvent(action, changes)), (_, value) => Object.freeze(value));
  const logs = [];
  const calls = [];
  const mocks = [mock.method(globalThis, 'fetch', fetch)];
  for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
    mocks.push(mock.method(console, level, (...words) => logs.push(words.join(' '))));
  }
  const notification = {
    drop: (reason) => calls.push(['drop', reason]),
    retry: (reason) => calls.push(['retry', reason]),
  };
  try {
    await require(fileOf(action))[action.handler](event, action === CUSTOM_PHONE_PROVIDER ? { notification } : {});
  } catch (error) {
    calls.push(['throws', error.message, error.cause]);
  } finally {
    for (const each of mocks) each.mock.restore();
  }
  const outcome = calls.length === 0 ? 'sent' : calls.map(([what]) => what).join(', ');
  return { outcome, reasons: calls.flatMap(([, ...said]) => said.filter((word) => word !== undefined)), logs };
}

/**
 * @param {(request: object, response: object) => void} answer
 * @returns {Promise<{ fetch: Function, received: object[], close: Function }>}
 */
async function aReceiver(answer = (_, response) => response.writeHead(204).end()) {
  const received = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: Buffer.concat(chunks),
    });
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const network = globalThis.fetch;
  const here = `http://127.0.0.1:${server.address().port}`;
  const fetch = (url, options) => network(url.replace(/^https:\/\/[^/]+/, here), options);
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { fetch, received, close };
}

module.exports = {
  CODE,
  CUSTOM_PHONE_PROVIDER,
  NUMBER,
  SEND_PHONE_MESSAGE,
  TEXT,
  WEBHOOK_SECRET,
  WEBHOOK_URL,
  aReceiver,
  fileOf,
  runPhone,
};
