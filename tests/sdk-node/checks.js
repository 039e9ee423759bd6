// The official Azure IoT SDK for Node.js against a hub that has a control API (docs/simulator.md).
//   CONTROL=http://127.0.0.1:5080 DEVICE=dev1 MODULE=vision HUB=… GATEWAY=localhost[:port] CA=ca.pem node checks.js connection-string
//   CONTROL=… and the module's IOTEDGE_* environment: node checks.js environment
// The hub must route the output "loop" to the input "loop". One line a check; ends with 1 when one fails.
'use strict';
const fs = require('fs');
const { ModuleClient, Message } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

const control = process.env.CONTROL.replace(/\/$/, '');
const device = process.env.IOTEDGE_DEVICEID || process.env.DEVICE;
const module_ = process.env.IOTEDGE_MODULEID || process.env.MODULE;
const id = `${device}/${module_}`;
const patience = 20000;

const get = async (path) => (await fetch(`${control}/${path}`)).json();
const text = async (path) => (await fetch(`${control}/${path}`)).text();
const post = async (path, body) => {
  const answer = await fetch(`${control}/${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return { status: answer.status, body: await answer.json() };
};

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what}: nothing within ${patience} ms`)), patience); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function equal(actual, expected) {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${a} instead of ${e}`);
}

// What the hub says, once it says so.
async function eventually(read, what) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${patience} ms`);
    await new Promise((r) => setTimeout(r, 50));
  }
}

const stored = (body) => eventually(async () => (await get('messages')).find((m) => m.body === body), `message ${body}`);

async function open(mode) {
  if (mode === 'environment') return ModuleClient.fromEnvironment(Mqtt);
  const key = await text(`key/${id}`);
  const client = ModuleClient.fromConnectionString(
    `HostName=${process.env.HUB};GatewayHostName=${process.env.GATEWAY};DeviceId=${device};ModuleId=${module_};SharedAccessKey=${key}`, Mqtt);
  await client.setOptions({ ca: fs.readFileSync(process.env.CA, 'utf8') });
  return client;
}

async function run(mode) {
  let passed = 0;
  let failed = 0;
  const check = async (name, what) => {
    try {
      await within(what(), name);
      passed++;
      console.log(`ok ${name}`);
    } catch (e) {
      failed++;
      console.log(`not ok ${name}: ${e.message}`);
    }
  };

  let client;
  let twin;
  const inputs = [];
  const desired = [];
  const input = (name, body) => eventually(async () => inputs.find((i) => i.name === name && i.body === body), `input ${name} ${body}`);
  const onMethod = (request, response) => response.send(200, { echo: request.payload });

  await check('open', async () => {
    client = await open(mode);
    client.on('error', () => {});
    await client.open();
  });
  if (failed) return { passed, failed };
  await check('telemetry', async () => {
    await client.sendEvent(new Message('t1'));
    equal((await stored('t1')).client, id);
  });
  await check('output with properties', async () => {
    const message = new Message('{"o":1}');
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    message.messageId = 'm-1';
    message.properties.add('where', 'gate #1 + 50% é/x=y');
    await client.sendOutputEvent('events', message);
    const p = (await stored('{"o":1}')).props;
    equal([p['$.on'], p['$.ct'], p['$.ce'], p['$.mid'], p.where], ['events', 'application/json', 'utf-8', 'm-1', 'gate #1 + 50% é/x=y']);
  });
  await check('input', async () => {
    client.on('inputMessage', (name, message) => {
      inputs.push({ name, body: message.getData().toString(), properties: message.properties });
      client.complete(message, () => {});
    });
    await eventually(async () => (await post(`input/${id}/commands?site=a%20b`, 'i1')).body.pushed, 'subscription to inputs');
    equal((await input('commands', 'i1')).properties.getValue('site'), 'a b');
  });
  await check('output to input', async () => {
    await client.sendOutputEvent('loop', new Message('l1'));
    await input('loop', 'l1');
  });
  await check('twin', async () => {
    await post(`desired/${id}`, '{"before":1}');
    twin = await client.getTwin();
    equal(twin.properties.desired.before, 1);
  });
  await check('desired', async () => {
    twin.on('properties.desired', (delta) => desired.push(delta));
    await eventually(async () => (await post(`desired/${id}`, '{"pushed":2}')).body.pushed, 'subscription to desired properties');
    await eventually(async () => desired.find((d) => d.pushed === 2), 'desired patch');
  });
  await check('reported', async () => {
    await new Promise((resolve, reject) => twin.properties.reported.update({ a: { b: 1, c: 2 } }, (e) => (e ? reject(e) : resolve())));
    await new Promise((resolve, reject) => twin.properties.reported.update({ a: { c: null } }, (e) => (e ? reject(e) : resolve())));
    equal((await get(`twin/${id}`)).reported.a, { b: 1 });
  });
  await check('method', async () => {
    client.onMethod('ping', onMethod);
    const answer = await eventually(async () => {
      const a = await post(`method/${id}/ping`, '{"x":1}');
      return a.status === 200 && a;
    }, 'answer');
    equal(answer.body, { status: 200, payload: { echo: { x: 1 } } });
  });

  await post(`kick/${id}`);
  await check('telemetry after a kick', async () => {
    await client.sendEvent(new Message('t2'));
    await stored('t2');
  });
  await check('desired after a kick', async () => {
    await eventually(async () => (await post(`desired/${id}`, '{"after":3}')).body.pushed, 'subscription to desired properties');
    await eventually(async () => desired.find((d) => d.after === 3), 'desired patch');
  });
  await check('method after a kick', async () => {
    await eventually(async () => (await post(`method/${id}/ping`, '{"x":2}')).status === 200, 'answer');
  });
  await check('270 KB refused', async () => {
    let refused = false;
    await client.sendEvent(new Message('x'.repeat(270000))).catch(() => { refused = true; });
    equal(refused, true);
    equal((await get('messages')).some((m) => m.body.length > 262144), false);
  });

  await within(client.close(), 'close').catch(() => {});
  return { passed, failed };
}

run(process.argv[2]).then(({ passed, failed }) => {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}, (e) => {
  console.log(`not ok: ${e.stack}`);
  process.exit(1);
});
