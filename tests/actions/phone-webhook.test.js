/** The web hook of text messages, in both triggers: what is posted, how it is signed, what becomes of a failure. */
'use strict';

const assert = require('node:assert/strict');
const { createHmac, timingSafeEqual } = require('node:crypto');
const { mock, test } = require('node:test');
const path = require('node:path');

const ACTIONS = path.join(__dirname, '..', '..', 'actions');
const SECRET = 'k'.repeat(40);
const URL = 'https://sms.example.com/guestlist';
const NUMBER = '+4915123456789';
const TEXT = '123456 is your code';

const TRIGGERS = {
  'custom-phone-provider': {
    handler: 'onExecuteCustomPhoneProvider',
    event: {
      notification: { recipient: NUMBER, as_text: TEXT, message_type: 'otp_verify', delivery_method: 'text', locale: 'de' },
    },
    kind: 'otp_verify',
  },
  'send-phone-message': {
    handler: 'onExecuteSendPhoneMessage',
    event: { message_options: { recipient: NUMBER, text: TEXT, action: 'enrollment', message_type: 'sms', code: '123456' } },
    kind: 'enrollment',
  },
};

/** Run one of them; `answer` is a status, or an error that fetch throws. */
async function run(trigger, { answer = 200, secrets = { WEBHOOK_URL: URL, WEBHOOK_SECRET: SECRET } } = {}) {
  const { event, handler } = TRIGGERS[trigger];
  const posted = [];
  const recorded = { retried: [], dropped: [], logs: [] };
  const api = {
    notification: {
      retry: (reason) => recorded.retried.push(reason),
      drop: (reason) => recorded.dropped.push(reason),
    },
  };
  const network = mock.method(globalThis, 'fetch', async (url, request) => {
    posted.push({ url, ...request });
    if (answer instanceof Error) throw answer;
    return { ok: answer < 300, status: answer };
  });
  const log = mock.method(console, 'log', (...words) => recorded.logs.push(words.join(' ')));
  try {
    await require(path.join(ACTIONS, trigger, 'phone-webhook.js'))[handler]({ ...event, secrets }, api);
  } catch (error) {
    recorded.thrown = error.message;
  } finally {
    network.mock.restore();
    log.mock.restore();
  }
  return { ...recorded, posted };
}

/** As a receiver does it: constant time, and no older than five minutes. */
function isOurs(header, body, now = Date.now() / 1000) {
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  if (!time || Math.abs(now - Number(time)) > 300) return false;
  const expected = createHmac('sha256', SECRET).update(`${time}.${body}`).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

for (const [trigger, { kind }] of Object.entries(TRIGGERS)) {
  test(`${trigger}: a message is posted, signed, with nothing beside what it takes to send it`, async () => {
    const { posted, retried, dropped, thrown } = await run(trigger);

    assert.equal(posted.length, 1);
    const [{ url, method, headers, body, redirect }] = posted;
    assert.deepEqual([url, method, redirect], [URL, 'POST', 'error']);
    const { recipient, text, kind: said } = JSON.parse(body);
    assert.deepEqual([recipient, text, said], [NUMBER, TEXT, kind]);
    assert.ok(isOurs(headers['guestlist-signature'], body));
    assert.ok(!isOurs(headers['guestlist-signature'], `${body} `), 'another body');
    assert.ok(!isOurs(headers['guestlist-signature'], body, Date.now() / 1000 + 301), 'an old one');
    assert.deepEqual([retried, dropped, thrown], [[], [], undefined]);
  });

  for (const answer of [429, 500, 503, new Error(`connect ${URL}?key=${SECRET}`)]) {
    test(`${trigger}: after ${answer} it is tried again, or shown as failed`, async () => {
      const { retried, dropped, thrown } = await run(trigger, { answer });

      assert.deepEqual(dropped, []);
      assert.ok(trigger === 'custom-phone-provider' ? retried.length === 1 : /try_again/.test(thrown));
    });
  }

  test(`${trigger}: what the web hook refuses is not tried again`, async () => {
    const { retried, dropped, thrown } = await run(trigger, { answer: 400 });

    assert.deepEqual(retried, []);
    assert.ok(trigger === 'custom-phone-provider' ? dropped.length === 1 : /refused/.test(thrown));
  });

  for (const [why, secrets] of Object.entries({
    'no secrets': undefined,
    'no address': { WEBHOOK_SECRET: SECRET },
    'an http address': { WEBHOOK_URL: 'http://sms.example.com', WEBHOOK_SECRET: SECRET },
    'a short key': { WEBHOOK_URL: URL, WEBHOOK_SECRET: 'short' },
  })) {
    test(`${trigger}: ${why}: nothing is posted`, async () => {
      const { posted, dropped, thrown } = await run(trigger, { secrets: secrets ?? null });

      assert.deepEqual(posted, []);
      assert.match(thrown ?? dropped[0], /not_configured/);
    });
  }

  test(`${trigger}: neither number, text nor key reaches a log or a reason`, async () => {
    for (const answer of [400, 500, new Error(`${NUMBER} ${TEXT} ${SECRET}`)]) {
      const { logs, retried, dropped, thrown } = await run(trigger, { answer });

      const said = [...logs, ...retried, ...dropped, thrown ?? ''].join(' ');
      for (const secret of [NUMBER, TEXT, SECRET, URL]) assert.ok(!said.includes(secret));
    }
  });
}
