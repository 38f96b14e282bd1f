/** A strict reader of the text format of Prometheus (exposition_formats.md, 0.0.4), to check what Halve writes. */
import assert from 'node:assert/strict';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (.+)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

/** Reads every family; fails on anything the format does not allow. */
export const parseExposition = (text: string): Map<string, Family> => {
  assert.ok(text.endsWith('\n'), 'the last line must end');
  const families = new Map<string, Family>();
  let current: Family | null = null;
  let help: RegExpExecArray | null = null;
  const seen = new Set<string>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const type = TYPE.exec(line);
    if (line.startsWith('# HELP')) {
      help = HELP.exec(line);
      assert.ok(help, line);
    } else if (type !== null) {
      const [, name = '', kind = ''] = type;
      assert.equal(help?.[1], name, 'HELP stands before TYPE');
      assert.ok(!families.has(name), `${name} twice`);
      current = { name, type: kind, help: help?.[2] ?? '', samples: [] };
      families.set(name, current);
    } else {
      const sample = parseSample(line);
      assert.ok(current, line);
      const suffix = current.type === 'histogram' ? '(_bucket|_sum|_count)' : '';
      assert.match(sample.name, new RegExp(`^${current.name}${suffix}$`));
      const series = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
      assert.ok(!seen.has(series), `${series} twice`);
      seen.add(series);
      current.samples.push(sample);
    }
  }
  for (const family of families.values()) if (family.type === 'histogram') checkHistogram(family);
  return families;
};

const parseSample = (line: string): Sample => {
  const match = SAMPLE.exec(line);
  assert.ok(match, line);
  const [, name = '', list = '', number = ''] = match;
  const value = number === '+Inf' ? Number.POSITIVE_INFINITY : Number(number);
  // A mean of nothing: prom-client writes `Nan`, which Prometheus reads (Go's ParseFloat ignores case).
  assert.ok(!Number.isNaN(value) || /^nan$/i.test(number), line);
  return { name, labels: parseLabels(list, line), value };
};

const parseLabels = (list: string, line: string): Record<string, string> => {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < list.length) {
    const match = LABEL.exec(list);
    assert.ok(match, line);
    labels[match[1] ?? ''] = match[2] ?? '';
  }
  return labels;
};

/** Buckets rise to `+Inf`, which is the count (exposition_formats.md, "Histograms and summaries"). */
const checkHistogram = ({ name, samples }: Family): void => {
  const buckets = Map.groupBy(
    samples.filter((sample) => sample.name === `${name}_bucket`),
    ({ labels: { le: _, ...labels } }) => JSON.stringify(labels),
  );
  for (const [labels, rising] of buckets) {
    const bounds = rising.map((sample) =>
      sample.labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(sample.labels.le),
    );
    const counts = rising.map(({ value }) => value);
    assert.deepEqual(
      bounds,
      bounds.toSorted((a, b) => a - b),
    );
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    assert.equal(bounds.at(-1), Number.POSITIVE_INFINITY);
    const count = samples.find((one) => one.name === `${name}_count` && JSON.stringify(one.labels) === labels);
    assert.equal(count?.value, counts.at(-1), `${name} ${labels}`);
  }
};

/** The value of the one series with these labels; fails when there is none. */
export const sampleValue = (
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number => {
  const family = families.get(name) ?? families.get(name.replace(/_(count|sum)$/, ''));
  assert.ok(family, `no ${name}`);
  const found = family.samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  assert.equal(found.length, 1, `${name} ${JSON.stringify(labels)}: ${found.length} series`);
  return found[0]?.value ?? Number.NaN;
};
