// Puts the page together: header, failures, tabs, keys, links into it. Knows nothing of how its parts draw.
const selection = {job: null};

// open: shows the details; reveal: scrolls the table to it.
function select(job, how = {}) {
  selection.job = job;
  if (job && (how.open || details.isOpen())) details.show(job);
  const wanted = job && details.isOpen() ? '#job=' + encodeURIComponent(job.name) : '';
  if (location.hash !== wanted) history.replaceState(null, '', wanted || location.pathname + location.search);
  if (job && how.reveal) table.reveal(job);
  table.mark();
  timeline.draw();
  if (job && how.reveal && !$('view-graph').hidden) graph.reveal(job);
  graph.draw();
}

// Closes the details; the job stays chosen.
function close() {
  details.hide();
  select(selection.job);
}

function followLink() {
  const found = /^#job=(.*)$/.exec(location.hash);
  if (!found) return;
  let name = found[1];
  try { name = decodeURIComponent(name); } catch (error) { return; }
  const job = byName.get(name);
  if (job) select(job, {open: true, reveal: true});
}

const VERDICTS = {
  succeeded: ['succeeded', 'succeeded'], failed: ['failed', 'failed'], interrupted: ['cancelled', 'interrupted'],
  timed_out: ['timed_out', 'timed out'], not_run: ['skipped', 'not run'], killed: ['failed', 'killed'],
};

function head() {
  const [state, word] = VERDICTS[run.verdict] || ['cancelled', run.verdict || 'not ended'];
  $('verdict').className = 'verdict ' + state;
  $('verdict').append(icon(state), word);
  $('name').textContent = run.name || run.file;
  const started = new Date(run.started);
  const fact = (name, value, title) => element('span', {title}, name ? name + ' ' : '', element('b', {}, value));
  const tops = jobs.filter((job) => job.parent === undefined && !job.callback);
  $('facts').append(
    fact('took', run.exit_code === null ? 'at least ' + duration(elapsed) : duration(elapsed)), fact('', count(tops.length, 'job') + (jobs.length > tops.length ? ' (' + count(jobs.length, 'step') + ')' : '')),
    fact('started', started.getFullYear() > 1970 ? started.toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'medium'}) : '–', run.started),
    fact('exit code', run.exit_code === null ? '–' : String(run.exit_code)), fact('file', run.file), fact('run', run.run));
  if (run.process_slots) $('facts').append(fact('-j', String(run.process_slots), 'processes at once, at most'));
  if (run.resumes) $('facts').append(fact('goes on with', run.resumes));
  const counts = new Map();
  for (const job of tops) counts.set(job.state, (counts.get(job.state) || 0) + 1);
  const present = Object.keys(STATES).filter((name) => counts.has(name));
  $('mix').append(...present.map((name) => {
    const made = element('i', {class: name});
    made.style.flexGrow = String(counts.get(name));
    return made;
  }));
  $('mix').setAttribute('aria-label', present.map((name) => counts.get(name) + ' ' + STATES[name].word).join(', '));
  if (run.resume) {
    $('resume').hidden = false;
    $('resume-text').textContent = run.resume;
    $('copy').addEventListener('click', () => copy(run.resume));
  }
  $('foot').textContent = 'Made by corun. Times count from the run’s start' + (run.started ? ', ' + run.started : '') + '.';
}

async function copy(text) {
  let done = false;
  try {
    await navigator.clipboard.writeText(text);
    done = true;
  } catch (error) {  // an older browser, or not allowed
    const area = element('textarea', {class: 'hidden'});
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand('copy');
    area.remove();
  }
  $('copy').textContent = done ? 'Copied' : 'Select and copy';
  setTimeout(() => { $('copy').textContent = 'Copy'; }, 1600);
}

function failures() {
  // A group fails because of what is inside: that is told instead.
  const failed = inOrder.filter((job) => job.isFailure && !job.children.some((child) => child.isFailure));
  failed.sort((a, b) => a.ended - b.ended);
  if (failed.length === 0) return;
  const most = 5;
  const first = failed.find((job) => job.output);
  $('failures').hidden = false;
  $('failures-title').textContent = count(failed.length, 'failure');
  $('failure-list').append(...failed.slice(0, most).map((job) => {
    const made = element('li', {}, element('div', {class: 'who'}, icon(job.state),
      element('a', {href: '#job=' + encodeURIComponent(job.name)}, job.name), element('span', {}, job.reason || stateOf(job).word),
      job.attempt_count > 1 ? element('span', {class: 'dim'}, 'after ' + job.attempt_count + ' attempts') : ''));
    if (job.output && job.output.trim() !== '') {
      const tail = element('pre', {tabindex: 0, 'aria-label': 'The end of its output'});
      tail.append(terminalText(lastLines(job.output, job === first ? 10 : 4)));
      made.append(tail);
    }
    return made;
  }));
  for (const tail of $('failure-list').querySelectorAll('pre')) tail.scrollTop = tail.scrollHeight;
  if (failed.length > most) {
    $('failures').append(element('p', {class: 'more'}, element('button', {type: 'button', onclick: () => table.only(failed, 'that failed')},
      'all ' + failed.length.toLocaleString('en'))));
  }
}

// What concerned the run rather than a job: in words, as a picture has no room for them.
function events() {
  if (run.events.length === 0) return;
  const most = 200;
  const list = element('ul', {}, ...run.events.slice(-most).map((event) => element('li', {},
    element('span', {class: 'dim num'}, '+' + duration(event.at)), element('span', {}, event.text))));
  const title = count(run.events.length, 'event') + (run.events.length > most ? ', the last ' + most : '');
  const isAll = jobs.length === 0;
  $('events').hidden = false;
  $('events').append(element('details', {open: isAll || run.events.length <= 5}, element('summary', {}, element('h2', {}, title)), list));
  if (isAll) $('head').after($('events'));
}

function legend() {
  const present = Object.keys(STATES).filter((state) => leaves.some((job) => job.state === state));
  const parts = present.map((state) => element('span', {}, element('i', {class: state}), icon(state), STATES[state].word));
  if (leaves.some((job) => job.attempts.length > 1)) {
    parts.push(element('span', {}, element('i', {class: 'tried'}), 'failed attempt'), element('span', {}, element('i', {class: 'pause'}), 'pause'));
  }
  if (leaves.some((job) => job.attempts.some((attempt) => attempt.lost))) {
    parts.push(element('span', {}, element('i', {class: 'tried lost'}), 'lost to another attempt'));
  }
  if (leaves.some((job) => job.callbacks.length > 0)) parts.push(element('span', {}, element('i', {class: 'callback succeeded'}), 'callback'));
  if (leaves.some((job) => job.wait + job.later > 0.005)) parts.push(element('span', {}, element('i', {class: 'wait'}), 'ready, waiting to start'));
  if (run.events.length > 0) parts.push(element('span', {}, element('i', {class: 'event'}), 'event'));
  $('legend').append(...parts);
}

function path() {
  for (const word of boundWords()) {
    if (typeof word === 'string') $('bound').append(word);
    else if (word.job) $('bound').append(element('a', {href: '#job=' + encodeURIComponent(word.job.name)}, word.job.name));
    else $('bound').append(element('b', {}, word.bold));
  }
  const {sums} = shares;
  const kinds = [['running', 'running'], ['limit', 'waiting for a limit'], ['wait', 'waiting for a slot, rate or breaker'],
    ['backoff', 'pauses between attempts'], ['idle', 'in between']].filter(([kind]) => sums[kind] > elapsed * 0.001);
  const stack = element('div', {class: 'stack', 'aria-hidden': 'true'}, ...kinds.map(([kind]) => {
    const made = element('i', {class: kind});
    made.style.flexGrow = String((1000 * sums[kind]) / elapsed);
    return made;
  }));
  $('shares').append(stack, element('ul', {}, ...kinds.map(([kind, words]) => element('li', {}, element('i', {class: kind}), words + ' ',
    element('b', {}, percent(sums[kind], elapsed)), element('span', {class: 'dim'}, duration(sums[kind]))))));
  const most = 200;
  const scale = (seconds) => (100 * Math.max(0, Math.min(1, seconds / elapsed))).toFixed(3) + '%';
  $('chain').append(...chain.slice(-most).map((link) => {
    const {job, why} = link;
    const meter = element('div', {class: 'meter', 'aria-hidden': 'true'});
    for (const [name, from, to] of [['wait', job.ready, job.started], [job.state, job.from, job.ended]]) {
      const made = element('i', {class: name});
      made.style.left = scale(from);
      made.style.width = scale(to - from);
      if (to - from > SMALL) meter.append(made);
    }
    const notes = [];
    if (link.wait > 0.005) {
      notes.push('waited ' + duration(link.wait) + (why && why.limit !== undefined ? ' for the limit `' + why.limit + '`, until ' + why.job.name + ' ended'
        : why ? ' for a slot, until ' + why.job.name + ' ended' : ' for a slot, its rate or its breaker'));
    }
    if (link.later > 0.005) notes.push('waited ' + duration(link.later) + ' again later');
    if (link.backoff > SMALL) notes.push('paused ' + duration(link.backoff) + ' between ' + job.attempt_count + ' attempts');
    return element('li', {class: job.state}, element('div', {class: 'head'},
      element('a', {href: '#job=' + encodeURIComponent(job.name)}, job.name),
      element('span', {class: 'num'}, duration(job.time)), element('span', {class: 'dim num'}, percent(job.time, elapsed)),
      element('span', {class: 'dim'}, notes.join(', '))), meter);
  }));
}

function showTab(name) {
  for (const other of ['timeline', 'graph', 'path']) {
    const chosen = other === name;
    $('tab-' + other).setAttribute('aria-selected', String(chosen));
    $('tab-' + other).tabIndex = chosen ? 0 : -1;
    $('view-' + other).hidden = !chosen;
    if ($('tools-' + other)) $('tools-' + other).hidden = !chosen;
  }
  timeline.draw();
  graph.draw();
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  readColors();
  stripes.clear();
  timeline.draw();
  graph.draw();
}

function keys(event) {
  const typing = event.target.matches('input, textarea');
  if (event.key === 'Escape') {
    if (typing) { table.clear(); event.target.blur(); }
    else if (details.isOpen()) close();
    else if (table.isFiltered()) table.clear();
    return;
  }
  if (typing) {
    if (event.key === 'Enter' || event.key === 'ArrowDown') {
      event.target.blur();
      const first = table.step(1);
      if (first) select(first, {reveal: true, open: event.key === 'Enter'});
      event.preventDefault();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || $('keys').open) return;
  const inGraph = !$('view-graph').hidden;
  const onControl = event.target.matches('button, a, summary, pre');
  const move = (by, fits) => { const job = table.step(by, fits); if (job) { select(job, {reveal: true}); table.focus(); } };
  const acts = {
    j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
    n: () => move(1, (job) => job.isFailure),
    Enter: () => { if (selection.job) { select(selection.job, {open: true}); details.focus(); } },
    '/': () => { $('search').focus(); $('search').select(); },
    f: table.toggleFailures, '?': () => $('keys').showModal(), t: () => $('theme').click(),
    1: () => showTab('timeline'), 2: () => showTab('graph'), 3: () => showTab('path'),
    '+': () => (inGraph ? graph : timeline).zoom(1.5), '=': () => (inGraph ? graph : timeline).zoom(1.5),
    '-': () => (inGraph ? graph : timeline).zoom(1 / 1.5), 0: () => (inGraph ? graph.fit() : timeline.all()),
    ArrowLeft: () => (inGraph ? graph : timeline).pan(80, 0), ArrowRight: () => (inGraph ? graph : timeline).pan(-80, 0),
    z: () => { if (selection.job) { showTab('timeline'); timeline.show(selection.job); } },
  };
  if (!acts[event.key] || (onControl && event.key === 'Enter')) return;
  if ($('details').contains(event.target) && event.key.startsWith('Arrow')) return;
  event.preventDefault();
  acts[event.key]();
}

function start() {
  $('page').hidden = false;
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  let chosen = false;
  setTheme(dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', () => { if (!chosen) setTheme(dark.matches ? 'dark' : 'light'); });
  $('theme').addEventListener('click', () => {
    chosen = true;
    setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
  });
  let theme = 'light';
  window.addEventListener('beforeprint', () => {  // on paper it is light
    theme = document.documentElement.dataset.theme;
    setTheme('light');
    timeline.draw.now();
    graph.draw.now();
  });
  window.addEventListener('afterprint', () => setTheme(theme));
  head();
  failures();
  events();
  legend();
  path();
  table.chips();
  table.refresh();
  timeline.setMode('slot');
  for (const name of ['timeline', 'graph', 'path']) $('tab-' + name).addEventListener('click', () => showTab(name));
  document.querySelector('.tabs').addEventListener('keydown', (event) => {
    const names = ['timeline', 'graph', 'path'];
    const at = names.findIndex((name) => $('tab-' + name) === document.activeElement);
    const by = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!by || at < 0) return;
    const next = names[(at + by + names.length) % names.length];
    showTab(next);
    $('tab-' + next).focus();
    event.stopPropagation();
    event.preventDefault();
  });
  const onClick = (id, act) => $(id).addEventListener('click', act);
  onClick('by-slot', () => timeline.setMode('slot'));
  onClick('by-job', () => timeline.setMode('job'));
  onClick('show-path', timeline.togglePath);
  onClick('zoom-in', () => timeline.zoom(1.5));
  onClick('zoom-out', () => timeline.zoom(1 / 1.5));
  onClick('zoom-all', timeline.all);
  onClick('graph-in', () => graph.zoom(1.3));
  onClick('graph-out', () => graph.zoom(1 / 1.3));
  onClick('graph-all', graph.fit);
  onClick('help', () => $('keys').showModal());
  document.addEventListener('keydown', keys);
  window.addEventListener('hashchange', followLink);
  new ResizeObserver(() => {
    document.documentElement.style.setProperty('--under', document.querySelector('.sticky').offsetHeight + 'px');
    timeline.draw();
    graph.draw();
    table.draw();
  }).observe($('main'));
  followLink();
}
start();
