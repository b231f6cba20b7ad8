// The run's data with what follows from it, numbers in words, elements. Knows nothing of what is shown where.
const $ = (id) => document.getElementById(id);
const run = JSON.parse($('run').textContent);
const jobs = run.jobs;

const STATES = {
  succeeded: {word: 'succeeded', icon: '✓'},
  degraded: {word: 'degraded', icon: '◐'},
  failed: {word: 'failed', icon: '✕'},
  timed_out: {word: 'timed out', icon: '◷'},
  rejected: {word: 'rejected', icon: '⊗'},
  cancelled: {word: 'cancelled', icon: '⊘'},
  skipped: {word: 'skipped', icon: '–'},
  running: {word: 'no end', icon: '⚡'},
  pending: {word: 'not ended', icon: '…'},
};
const stateOf = (job) => STATES[job.state] || {word: job.state, icon: '·'};
const SMALL = 0.0005;  // seconds that nobody sees

// element('a', {href: '#', class: 'x'}, 'text', child): attributes and text only, never markup.
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null && child !== ''));
  return made;
}

const icon = (state) => element('span', {class: 'icon ' + state, 'aria-hidden': 'true'}, (STATES[state] || {icon: '·'}).icon);

function duration(seconds) {
  if (!(seconds > 0)) return '0ms';
  if (seconds < 0.9995) return Math.max(1, Math.round(seconds * 1000)) + 'ms';
  if (seconds < 59.95) return (Math.round(seconds * 10) / 10).toFixed(1) + 's';
  const whole = Math.round(seconds);
  const two = (number) => String(number).padStart(2, '0');
  if (whole < 3600) return Math.floor(whole / 60) + 'm ' + two(whole % 60) + 's';
  return Math.floor(whole / 3600) + 'h ' + two(Math.floor(whole / 60) % 60) + 'm';
}

const sumOf = (list, of) => list.reduce((sum, entry) => sum + of(entry), 0);
const percent = (part, whole) => (whole > 0 ? Math.round((100 * part) / whole) : 0) + '%';
const count = (number, one, many) => number.toLocaleString('en') + ' ' + (number === 1 ? one : many || one + 's');

function bytes(number) {
  if (number < 1000) return number + ' B';
  return number < 1e6 ? (number / 1e3).toFixed(1) + ' kB' : (number / 1e6).toFixed(1) + ' MB';
}

jobs.forEach((job, index) => {
  job.index = index;
  job.children = [];
  job.dependents = [];
  job.needs = job.needs || [];
  job.tags = job.tags || [];
});
// The one whose end is the job's comes last; those that were ended since it had succeeded, before.
for (const {attempts} of jobs) {
  const lost = attempts.length > 1 && attempts[attempts.length - 1].lost;
  const decider = lost ? attempts.reduce((found, attempt, i) => (attempt.lost ? found : i), -1) : -1;
  if (decider >= 0) attempts.push(...attempts.splice(decider, 1));
}
for (const job of jobs) {
  if (job.parent !== undefined) jobs[job.parent].children.push(job);
  for (const need of job.needs) jobs[need].dependents.push(job.index);
}
for (const job of jobs) {
  job.depth = 0;
  for (let around = job.parent; around !== undefined && job.depth < 20; around = jobs[around].parent) ++job.depth;
  job.callbacks = job.callbacks || [];
  let until = 0;
  job.attempts.forEach((attempt, i) => {  // what came between this one and the next: its pause, then perhaps a wait
    const next = job.attempts[i + 1];
    attempt.until = until = Math.max(until, attempt.ended);  // one that was started before may have ended later
    const gap = next ? Math.max(0, next.started - until) : 0;
    attempt.paused = Math.min(gap, attempt.pause || 0);
    attempt.waited = gap - attempt.paused;
  });
  job.ran = !job.restored && !['running', 'pending'].includes(job.state) && (job.attempts.length > 0 || job.children.length > 0);
  job.from = job.attempts.length > 0 ? job.started : job.ready;
  job.wait = job.ran && job.attempts.length > 0 ? Math.max(0, job.started - job.ready) : 0;
  job.time = job.ran ? Math.max(0, job.ended - job.from) : 0;
  job.done = job.attempts.length > 0 ? until : job.ended;  // callbacks come after that
  const called = sumOf(job.callbacks, (callback) => callback.ended - callback.started);
  job.backoff = sumOf(job.attempts, (attempt) => attempt.paused);
  job.later = sumOf(job.attempts, (attempt) => attempt.waited) + (called > 0 ? Math.max(0, job.ended - job.done - called) : 0);
  job.running = Math.max(0, job.time - job.backoff - job.later);
  job.isFailure = Boolean(job.failure);
  job.isLeaf = job.children.length === 0 && !job.group;
  job.limits = (job.policies || []).filter((words) => /^limit\x20`.*`$/.test(words)).map((words) => words.slice(7, -1));
  job.words = [job.name, ...job.tags, job.reason || '', job.description || ''].join('\n').toLowerCase();
  const parent = job.parent === undefined ? '' : jobs[job.parent].name;
  job.short = parent && job.name.startsWith(parent + '/') ? job.name.slice(parent.length + 1)
    : parent && job.name.startsWith(parent + '[') ? job.name.slice(parent.length) : job.name;
}

// Parents before their children, else as in the file.
const inOrder = [];
(function walk() {
  const todo = jobs.filter((job) => job.parent === undefined).reverse();
  while (todo.length > 0) {
    const job = todo.pop();
    job.order = inOrder.push(job) - 1;
    for (let i = job.children.length - 1; i >= 0; --i) todo.push(job.children[i]);
  }
  for (const job of jobs) if (job.order === undefined) job.order = inOrder.push(job) - 1;
})();

const leaves = jobs.filter((job) => job.isLeaf && job.ran);
const byName = new Map(jobs.map((job) => [job.name, job]));
const elapsed = Math.max(run.elapsed || 0, ...run.events.map((event) => event.at), 1e-6);

// What a terminal would show of a log, as elements: colours are kept, everything else that isn't text is left out.
function terminalText(text) {
  const into = document.createDocumentFragment();
  const style = {weights: new Set(), color: -1};
  // eslint-disable-next-line no-control-regex
  const pieces = text.replace(/\r+\n/g, '\n').replace(/[^\n]*\r(?=[^\n])/g, '')
    .split(/(\x1b\[[0-?]*[\x20-/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[\x20-/]*[0-~]?)/);
  for (const piece of pieces) {
    if (piece.startsWith('\x1b')) {
      if (/^\x1b\[[0-9;:]*m$/.test(piece)) sgr(style, piece.slice(2, -1));
      continue;
    }
    const plain = piece.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '');
    if (plain === '') continue;
    const names = [...style.weights].map((weight) => 'b' + weight);
    if (style.color >= 0) names.push('f' + style.color);
    into.append(names.length > 0 ? element('span', {class: names.join(' ')}, plain) : plain);
  }
  return into;
}

function sgr(style, codes) {
  const numbers = codes.split(/[;:]/).map(Number);
  for (let i = 0; i < numbers.length; ++i) {
    const code = numbers[i];
    if (code === 0) { style.weights.clear(); style.color = -1; }
    else if ([1, 2, 3, 4, 9].includes(code)) style.weights.add(code);
    else if (code === 22) { style.weights.delete(1); style.weights.delete(2); }
    else if (code === 23 || code === 24 || code === 29) style.weights.delete(code - 20);
    else if (code >= 30 && code <= 37) style.color = code - 30;
    else if (code === 39) style.color = -1;
    else if (code >= 90 && code <= 97) style.color = code - 82;
    else if (code === 38 || code === 48) {
      if (code === 38 && numbers[i + 1] === 5) style.color = numbers[i + 2] < 16 ? numbers[i + 2] : -1;
      i += numbers[i + 1] === 5 ? 2 : 4;
    }
  }
}

// The last lines of a text.
function lastLines(text, most) {
  const lines = text.replace(/\n+$/, '').split('\n');
  return lines.slice(-most).join('\n');
}

// What has the least key is first.
function heap(keyOf) {
  const list = [];
  const swap = (a, b) => { [list[a], list[b]] = [list[b], list[a]]; };
  const less = (a, b) => keyOf(list[a]) < keyOf(list[b]);
  return {
    size: () => list.length,
    first: () => list[0],
    add(entry) {
      let at = list.push(entry) - 1;
      for (let up = (at - 1) >> 1; at > 0 && less(at, up); up = (at - 1) >> 1) { swap(at, up); at = up; }
    },
    take() {
      const first = list[0];
      const last = list.pop();
      if (list.length === 0) return first;
      list[0] = last;
      for (let at = 0;;) {
        let least = at;
        for (const down of [2 * at + 1, 2 * at + 2]) if (down < list.length && less(down, least)) least = down;
        if (least === at) return first;
        swap(at, least);
        at = least;
      }
    },
  };
}
