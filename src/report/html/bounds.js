// The chain of jobs that the run's end waited for, and what its time went into. Knows nothing of how that is shown.

// What let a waiting job go: of what ended shortly before it started, something with the same limit, else anything.
function releaserOf(job, ends) {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle].at <= job.started + SMALL) low = middle + 1;
    else high = middle;
  }
  let any = null;
  for (let i = low - 1; i >= 0 && ends[i].at > job.ready && low - i < 200; --i) {
    const other = ends[i].job;
    if (other === job) continue;
    const limit = job.limits.find((name) => other.limits.includes(name));
    if (limit !== undefined) return {job: other, limit};
    any = any || {job: other};
  }
  return any;
}

// The leaf inside of a group that ended last; the job itself if it is none.
function lastInside(job) {
  while (job.children.length > 0) {
    const ran = job.children.filter((child) => child.ran && child.ended <= job.ended + 0.05);
    if (ran.length === 0) break;
    job = ran.reduce((last, child) => (child.ended > last.ended ? child : last));
  }
  return job;
}

// What had to end before this one could be ready: a need, or one of the groups around it.
function before(job) {
  for (let at = job; at; at = at.parent === undefined ? null : jobs[at.parent]) {
    const needs = at.needs.map((index) => jobs[index]).filter((need) => need.ran && need.ended <= job.ready + 0.05);
    if (needs.length > 0) return lastInside(needs.reduce((last, need) => (need.ended > last.ended ? need : last)));
    if (at.callback && at.parent === undefined) {  // of the file: all else is over
      const others = leaves.filter((other) => !other.callback && other.ended <= job.ready + 0.05);
      return others.length > 0 ? others.reduce((last, other) => (other.ended > last.ended ? other : last)) : null;
    }
  }
  return null;
}

function criticalPath() {
  const ends = leaves.flatMap((job) => job.attempts.map((attempt) => ({at: attempt.ended, job}))).sort((a, b) => a.at - b.at);
  const chain = [];
  const seen = new Set();
  let job = leaves.length > 0 ? leaves.reduce((last, other) => (other.ended > last.ended ? other : last)) : null;
  while (job && !seen.has(job)) {
    seen.add(job);
    const link = {job, wait: job.wait > SMALL ? job.wait : 0, backoff: job.backoff, later: job.later, running: job.running, why: null};
    if (link.wait > 0) link.why = releaserOf(job, ends);
    chain.unshift(link);
    job = before(job);
  }
  return chain;
}

const SLOTS = {process: {flag: '-j', all: run.process_slots}, request: {flag: '--max-http', all: run.http_slots}};

// For how long at least one job was ready and waited while all slots of its kind were taken (no limit of its own to blame), and
// how many ran at most.
function slotUse() {
  const steps = [];
  const kinds = {};
  for (const job of leaves) {
    const kind = SLOTS[job.slot] ? job.slot : '';
    kinds[kind] = {running: 0, waiting: 0, full: 0, most: 0};
    const waits = (from, to) => {
      if (to - from > 0.005 && job.limits.length === 0) steps.push([from, 0, 1, kind], [to, 0, -1, kind]);
    };
    waits(job.ready, job.ready + job.wait);
    for (const attempt of job.attempts) {
      steps.push([attempt.started, 1, 0, kind], [attempt.ended, -1, 0, kind]);
      waits(attempt.ended + attempt.paused, attempt.ended + attempt.paused + attempt.waited);
    }
  }
  steps.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const use = {most: 0, full: 0, slots: 0, flag: '', steps: []};
  let running = 0;
  let at = 0;
  for (const [time, more, queue, name] of steps) {
    for (const [each, kind] of Object.entries(kinds)) {
      if (kind.waiting > 0 && (!each || !SLOTS[each].all || kind.running >= SLOTS[each].all)) kind.full += time - at;
    }
    at = time;
    running += more;
    const kind = kinds[name];
    kind.running += more;
    kind.waiting += queue;
    kind.most = Math.max(kind.most, kind.running);
    use.most = Math.max(use.most, running);
    if (more !== 0) use.steps.push([time, running]);
  }
  for (const [name, kind] of Object.entries(kinds)) {
    if (kind.full <= use.full || !name) continue;
    Object.assign(use, {full: kind.full, slots: SLOTS[name].all || kind.most, flag: SLOTS[name].flag});
  }
  return use;
}

const chain = criticalPath();
const onChain = new Set(chain.map((link) => link.job));
const use = slotUse();

const shares = (() => {
  const sums = {running: 0, backoff: 0, limit: 0, wait: 0};
  const limits = new Map();
  for (const link of chain) {
    sums.running += link.running;
    sums.backoff += link.backoff;
    const limit = link.why && link.why.limit;
    if (limit !== undefined && limit !== null) {
      sums.limit += link.wait;
      limits.set(limit, (limits.get(limit) || 0) + link.wait);
    } else {
      sums.wait += link.wait;
    }
    sums.wait += link.later;
  }
  sums.idle = Math.max(0, elapsed - sums.running - sums.backoff - sums.limit - sums.wait);
  return {sums, limits: [...limits].sort((a, b) => b[1] - a[1])};
})();

// The answer in words, as parts: strings, and [job or name] in bold.
function boundWords() {
  if (chain.length === 0) return ['Nothing ran to its end.'];
  if (run.exit_code === null) return ['The run has no end: these are the jobs that had ended by then.'];
  const {sums, limits} = shares;
  const all = duration(elapsed);
  const longest = chain.reduce((most, link) => (link.running > most.running ? link : most));
  const words = [];
  let named = null;
  const waits = sums.wait + sums.limit;
  if (sums.limit > 0.25 * elapsed && sums.limit >= sums.wait) {
    words.push('Bounded by the limit ', {bold: '`' + limits[0][0] + '`'}, ': ', {bold: percent(sums.limit, elapsed)}, ' of ' + all +
      ' went into waiting for it. ');
  } else if (use.full > 0.25 * elapsed && waits > 0.1 * elapsed) {
    words.push('Bounded by slots: for ', {bold: percent(use.full, elapsed)}, ' of ' + all + ' jobs were ready while all ' + use.slots +
      ' slots were taken. A higher ', {bold: use.flag}, ' would help. ');
  } else if (sums.backoff > 0.25 * elapsed) {
    const link = chain.reduce((most, other) => (other.backoff > most.backoff ? other : most));
    named = link.job;
    words.push('Bounded by retries: ', {bold: percent(sums.backoff, elapsed)}, ' of ' + all + ' were pauses between attempts, most of them of ',
      {job: link.job}, '. ');
  }
  const part = [{bold: duration(longest.running)}, ', ' + percent(longest.running, elapsed) + ' of '];
  if (longest.running > 0.3 * elapsed && longest.job !== named) {
    words.push(words.length === 0 ? 'Bounded by ' : 'The longest single piece is ', {job: longest.job}, ': it ran for ', ...part,
      (words.length === 0 ? all : 'the run') + '. ');
  } else if (words.length === 0) {
    words.push('Bounded by its longest chain: ', {bold: count(chain.length, 'job')}, ' one after the other ran for ',
      {bold: percent(sums.running, elapsed)}, ' of ' + all + '; the longest of them is ', {job: longest.job}, ' with ' + duration(longest.running) + '. ');
  }
  const total = sumOf(leaves, (job) => sumOf(job.attempts, (attempt) => attempt.ended - attempt.started));
  if (leaves.length > 1) {
    words.push(count(leaves.length, 'job') + ' came to ' + duration(total) + ' of work, ' + (total / elapsed).toFixed(1) +
      ' at once on average, ' + use.most + ' at most.');
  }
  return words;
}
