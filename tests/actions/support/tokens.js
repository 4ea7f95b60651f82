/** Session tokens as the profile page makes them: HS256 by node:crypto alone, so that wrong ones can be made too. */
'use strict';

const { createHmac } = require('node:crypto');

const { FROM_PAGE_SECRET, NOW, STATE } = require('./event.js');

const base64url = (value) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** @returns {string} the third part of a token */
function signature(signed, secret, hash = 'sha256') {
  return createHmac(hash, secret).update(signed).digest('base64url');
}

function sign(claims, secret, header = { alg: 'HS256', typ: 'JWT' }, hash = 'sha256') {
  const signed = `${base64url(header)}.${base64url(claims)}`;
  return `${signed}.${signature(signed, secret, hash)}`;
}

function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
}

/** What the page says after Ana has filled in the form. A change to `undefined` leaves the claim out. */
function returnClaims(changes = {}) {
  const now = Math.floor(Date.parse(NOW) / 1000);
  return {
    iss: 'https://profile.example.com',
    sub: 'auth0|ana',
    aud: 'guestlist:complete-profile',
    purpose: 'names-given',
    iat: now,
    exp: now + 120,
    state: STATE,
    given_name: 'Ana',
    family_name: 'Lima',
    ...changes,
  };
}

function aReturnToken(changes = {}, secret = FROM_PAGE_SECRET) {
  return sign(returnClaims(changes), secret);
}

module.exports = { aReturnToken, claimsOf, returnClaims, sign, signature };
