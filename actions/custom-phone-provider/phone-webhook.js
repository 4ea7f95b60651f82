/**
 * Hand each text message of the tenant to our own web hook, signed: the phone provider `custom` of tenants with the
 * Unified Phone Experience.
 *
 * Not here: the same for older tenants, where Guardian sends (send-phone-message/phone-webhook.js), and the words of
 * the messages (the tenant's phone templates).
 *
 * Secrets: WEBHOOK_URL (https; where messages are posted), WEBHOOK_SECRET (signs them; 32 characters or more).
 *
 * Source: https://auth0.com/docs/customize/phone-messages/configure-phone-messaging-providers/configure-a-custom-phone-provider/actions-triggers-custom-phone-provider-event-object
 * Source: https://auth0.com/docs/customize/phone-messages/configure-phone-messaging-providers/configure-a-custom-phone-provider/action-triggers-custom-phone-provider-api-object
 */
'use strict';

/**
 * Auth0 repeats what may pass up to five times, and gives up what may not; both are errors in the tenant's log.
 *
 * @param {Event} event - Details about the message, and the user and the context in which they are logging in.
 * @param {CustomPhoneProviderAPI} api - Methods to change the behavior of sending a phone notification.
 */
exports.onExecuteCustomPhoneProvider = async (event, api) => {
  const failure = await deliver(event.secrets, messageOf(event));
  if (failure === null) return;
  log(failure.reason);
  if (failure.mayPass) api.notification.retry(failure.reason);
  else api.notification.drop(failure.reason);
};

/**
 * What the receiver gets to know: nothing about the user but the number.
 *
 * @param {Event} event
 * @returns {Message}
 */
function messageOf({ notification }) {
  const { as_text, as_voice, delivery_method, locale, message_type, recipient } = notification ?? {};
  const text = delivery_method === 'voice' ? as_voice : as_text;
  return { recipient, text, kind: message_type, delivery_method, locale };
}

// ---- From here on word for word the same in both phone-webhook.js: an Action is one file. ----

const MIN_SECRET_LENGTH = 32;
const TIMEOUT_MS = 5000;

/**
 * Post a message, signed, and say what became of it; whatever is unclear counts as not sent.
 *
 * @param {Record<string, string>} secrets
 * @param {Message} message
 * @returns {Promise<{ reason: string, mayPass: boolean } | null>} null: the receiver has taken it. The reason holds
 * nothing of the message, the secrets or an error's text; `mayPass`: the same message may go through later.
 */
async function deliver(secrets, message) {
  try {
    if (!isConfigured(secrets)) return { reason: 'not_configured', mayPass: false };
    if (!message.recipient || !message.text) return { reason: 'no_message', mayPass: false };
    const body = JSON.stringify(message);
    const signature = await signatureOf(body, secrets.WEBHOOK_SECRET);
    return verdictOn(await statusOfPost(secrets.WEBHOOK_URL, body, signature));
  } catch {
    return { reason: 'unexpected_error', mayPass: false };
  }
}

/**
 * @param {Record<string, string>} secrets
 * @returns {boolean}
 */
function isConfigured(secrets) {
  const { WEBHOOK_URL: url, WEBHOOK_SECRET: secret } = secrets ?? {};
  return typeof secret === 'string' && secret.length >= MIN_SECRET_LENGTH && isHttps(url);
}

/** A user name or password in the address is no configuration: `fetch` would refuse it at every message. */
function isHttps(url) {
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return protocol === 'https:' && username === '' && password === '';
}

/**
 * The time is signed with the body, so that a receiver can refuse what was recorded and is sent again.
 *
 * @param {string} body
 * @param {string} secret
 * @returns {Promise<string>} value of the header `Guestlist-Signature`
 */
async function signatureOf(body, secret) {
  const t = Math.floor(Date.now() / 1000);
  const bytes = (text) => new TextEncoder().encode(text);
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', bytes(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const mac = new Uint8Array(await subtle.sign('HMAC', key, bytes(`${t}.${body}`)));
  return `t=${t},v1=${Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * A redirect is not followed: it would take the code to an address that nobody has configured.
 *
 * @param {string} url
 * @param {string} body
 * @param {string} signature
 * @returns {Promise<number | null>} null: no answer in time, or none at all
 */
async function statusOfPost(url, body, signature) {
  try {
    const { status } = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Guestlist-Signature': signature },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return status;
  } catch {
    return null; // without the error's text: it names the address
  }
}

/**
 * @param {number | null} status
 * @returns {{ reason: string, mayPass: boolean } | null}
 */
function verdictOn(status) {
  if (status === null) return { reason: 'webhook_unreachable', mayPass: true };
  if (status >= 200 && status < 300) return null;
  if (status === 429 || status >= 500) return { reason: `webhook_busy ${status}`, mayPass: true };
  return { reason: `webhook_refused ${status}`, mayPass: false };
}

/** @param {string} reason */
function log(reason) {
  console.log(`guestlist did not send a text message: ${reason}`);
}
