/** Calls of the API, the key they need, and problems in words. Shared by both pages. */

const BASE = document.body.dataset.base;
const KEY = 'halve-api-key';

/** A refusal of the API; `problem` is its problem document. */
export class ApiProblem extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

export const keyHeaders = () => {
  const key = sessionStorage.getItem(KEY);
  return key === null ? {} : { authorization: `Bearer ${key}` };
};

/** Calls the API and answers its response. @throws ApiProblem, TypeError (network), SyntaxError (not our answer) */
export const ask = async (path, options = {}) => {
  const response = await fetch(BASE + path, { ...options, headers: { ...keyHeaders(), ...options.headers } });
  if (!response.ok) throw new ApiProblem(await response.json());
  return response;
};

/** Calls the API and answers the JSON it gives, or null when it gives none. @throws as `ask` */
export const call = async (path, options) => {
  const response = await ask(path, options);
  return response.status === 204 ? null : response.json();
};

/** An element with text and children; nothing from outside ever becomes markup. */
export const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

/** The sentence for one fault of a file: where, then what. */
const faultText = ({ row, line, column, detail }) => {
  if (row === undefined) return detail;
  const where = [`Row ${row}`, `line ${line}`, ...(column ? [`column “${column}”`] : [])].join(', ');
  return `${where}: ${detail}`;
};

const asProblem = (error) =>
  error instanceof ApiProblem
    ? error.problem
    : { title: 'The service cannot be reached.', detail: 'Check the connection, then try again.', code: 'unreachable' };

/** Shows what went wrong, every fault with its row, and asks for a key where one is missing. */
export const showProblem = (error, onKey) => {
  const problem = asProblem(error);
  const box = document.getElementById('problem');
  const faults = problem.errors ?? [];
  const more = (problem.total_errors ?? faults.length) - faults.length;
  const parts = [element('h2', { textContent: problem.title })];
  if (faults.length === 0 && problem.detail !== problem.title)
    parts.push(element('p', { textContent: problem.detail }));
  if (faults.length > 0) {
    const list = element('ul', {}, ...faults.map((fault) => element('li', { textContent: faultText(fault) })));
    if (more > 0) list.append(element('li', { textContent: `… and ${more} more.` }));
    parts.push(list);
  }
  if (problem.advice) parts.push(element('p', { textContent: problem.advice, className: 'advice' }));
  if (problem.code === 'unauthorized') parts.push(keyForm(onKey));
  box.replaceChildren(...parts);
  box.hidden = false;
  box.focus();
};

export const hideProblem = () => {
  document.getElementById('problem').hidden = true;
};

const keyForm = (onKey) => {
  const form = document.getElementById('key-form').content.cloneNode(true).querySelector('form');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    sessionStorage.setItem(KEY, form.elements.key.value.trim());
    hideProblem();
    onKey();
  });
  return form;
};

const NUMBER = new Intl.NumberFormat();
export const number = (value) => NUMBER.format(value);

/** 1,234,567 bytes as 1.2 MB. */
export const bytes = (value) => {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  const power = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const options = { style: 'unit', unit: units[power], maximumFractionDigits: power === 0 ? 0 : 1 };
  return new Intl.NumberFormat(undefined, options).format(value / 1000 ** power);
};
