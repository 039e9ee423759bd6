// Prints events as they come, each once, and says what is missing.
// usage: node consume.js [--host HOST] [--port PORT] [--topic FILTER] [--count N]
'use strict';
const { parseArgs } = require('node:util');
const mqtt = require('mqtt');

const KEEP = 10_000; // ids that are remembered; repeats come soon after the event or not at all

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '1883' },
    topic: { type: 'string', multiple: true, default: ['edgevision/+/events/#', 'edgevision/+/+/events/#'] },
    'client-id': { type: 'string', default: 'edgevision-sample-node' }, // the broker keeps for this id what comes while the program is away
    count: { type: 'string' },
  },
});

const seen = new Set(); // in the order of arrival
const last = new Map(); // source -> number of its newest event

// Null for what is no event.
function read(payload) {
  try {
    const event = JSON.parse(payload);
    const isEvent = typeof event.id === 'string' && typeof event.source === 'string' && Number.isInteger(Number(event.sequence ?? NaN)) && typeof event.data === 'object';
    return isEvent && event.data !== null ? event : null;
  } catch {
    return null;
  }
}

// False for a repeat.
function take(event) {
  if (seen.has(event.id)) return false;
  seen.add(event.id);
  if (seen.size > KEEP) seen.delete(seen.values().next().value);
  const number = Number(event.sequence);
  const before = last.get(event.source) ?? number - 1;
  if (number > before + 1) console.error(`GAP ${event.source}: ${before + 1} to ${number - 1} are missing`);
  last.set(event.source, Math.max(before, number));
  return true;
}

let taken = 0;
const client = mqtt.connect({
  host: values.host,
  port: Number(values.port),
  clientId: values['client-id'],
  protocolVersion: 5,
  clean: false,
  properties: { sessionExpiryInterval: 3600 },
});

client.on('connect', async () => {
  await client.subscribeAsync(values.topic, { qos: 1 });
  console.error('subscribed');
});
client.on('error', (error) => console.error(error.message));
client.on('message', (topic, payload) => {
  const event = read(payload);
  if (!event) console.error(`${topic} holds no event`);
  if (!event || !take(event)) return;
  const { data } = event;
  const objects = (data.objects ?? []).map((o) => `${o.label} ${o.confidence.toFixed(2)}`).join(', ');
  const what = objects || data.state || data.outcome || data.kind || 'nothing';
  console.log(`${event.sequence} ${event.time} ${event.subject} ${what}`);
  taken += 1;
  if (values.count && taken >= Number(values.count)) setImmediate(() => client.end()); // the acknowledgement goes first
});
