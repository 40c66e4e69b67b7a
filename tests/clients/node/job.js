// The job that every client does, with HubSpot's client for Node; what it saw goes to stdout as JSON.
'use strict';

const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { setTimeout: pause } = require('node:timers/promises');

const [base, accessToken, folder, given] = process.argv.slice(2);
const hubspot = createRequire(`${folder}/`)('@hubspot/api-client');
const { plan, flow } = JSON.parse(readFileSync(given, 'utf8'));
const client = new hubspot.Client({ accessToken, basePath: base, numberOfApiCallRetries: 3 });

async function call(method, path, body) {
  const answer = await client.apiRequest({ method, path, body });
  return answer.json();
}

async function until(true_) {
  for (let left = 600; left > 0; left -= 1) {
    const found = await true_();
    if (found) return found;
    await pause(100);
  }
  throw new Error('it did not happen in time');
}

async function contacts() {
  const inputs = ['Ada', 'Bo'].map((firstname) => ({
    properties: { firstname, email: `${firstname}@x.test`, plan: 'basic' },
    associations: [],
  }));
  const { results } = await client.crm.contacts.batchApi.create({ inputs });
  return ['Ada', 'Bo'].map((name) => results.find((r) => r.properties.firstname === name).id);
}

async function associated(contact) {
  const company = await client.crm.companies.basicApi.create({
    properties: { name: 'Acme' },
    associations: [],
  });
  const { basicApi } = client.crm.associations.v4;
  await basicApi.createDefault('contacts', contact, 'companies', company.id);
  const page = await basicApi.getPage('contacts', contact, 'companies');
  return page.results.map((edge) => edge.toObjectId === company.id);
}

async function list(contact) {
  const made = await client.crm.lists.listsApi.create({
    name: 'Chosen',
    objectTypeId: '0-1',
    processingType: 'MANUAL',
  });
  await client.crm.lists.membershipsApi.add(made.list.listId, [contact]);
  return made.list.listId;
}

async function turnedOn(listId) {
  const flows = '/automation/v4/flows';
  const wanted = JSON.parse(JSON.stringify(flow).replaceAll('LIST_ID', listId));
  const made = await call('POST', flows, wanted);
  const body = { ...wanted, revisionId: made.revisionId, isEnabled: true };
  const put = await call('PUT', `${flows}/${made.id}`, body);
  await until(async () => (await call('GET', `/api/workflows/${made.id}`)).state === 'on');
  return [made, put];
}

async function refused() {
  try {
    await client.crm.contacts.basicApi.getById('1');
  } catch (error) {
    return [error.code, error.body.category];
  }
  return null;
}

async function main() {
  const property = await client.crm.properties.coreApi.create('contacts', plan);
  const [ada, bo] = await contacts();
  const edges = await associated(ada);
  const [made, put] = await turnedOn(await list(ada));
  const inputs = [ada, bo].map((id) => ({ id, properties: { plan: 'pro' } }));
  await client.crm.contacts.batchApi.update({ inputs });
  await until(async () => {
    const { counts } = await call('GET', `/api/workflows/${made.id}`);
    return counts.finished === 2;
  });
  const seen = { options: property.options.map((option) => option.value), edges, people: {} };
  seen.enabled = [made.isEnabled, put.isEnabled];
  seen.refused = await refused();
  for (const [name, id] of [['Ada', ada], ['Bo', bo]]) {
    const contact = await client.crm.contacts.basicApi.getById(id, ['hs_lead_status']);
    const tasks = await client.crm.associations.v4.basicApi.getPage('contacts', id, 'tasks');
    const { entries } = await call('GET', `/api/records/${id}/history`);
    seen.people[name] = {
      status: contact.properties.hs_lead_status,
      tasks: tasks.results.length,
      kinds: entries.map((entry) => entry.kind),
    };
  }
  process.stdout.write(JSON.stringify(seen));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n${JSON.stringify(error.body ?? null)}\n`);
  process.exitCode = 1;
});
