// Asks more often than it may; the client waits and asks again. Prints how many calls succeeded.
'use strict';

const { createRequire } = require('node:module');

const [base, accessToken, folder, times] = process.argv.slice(2);
const hubspot = createRequire(`${folder}/`)('@hubspot/api-client');
const client = new hubspot.Client({ accessToken, basePath: base, numberOfApiCallRetries: 3 });

async function main() {
  const calls = Array.from({ length: Number(times) }, () => client.crm.owners.ownersApi.getPage());
  const answers = await Promise.all(calls);
  process.stdout.write(String(answers.filter((answer) => Array.isArray(answer.results)).length));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n${JSON.stringify(error.body ?? null)}\n`);
  process.exitCode = 1;
});
