// The list of jobs: sorted, filtered, searched; only the rows in sight exist. Knows nothing of the drawings.
const table = (() => {
  const ROW = 34;
  const body = $('rows');
  const columns = [
    {name: 'State', class: 'c-state', key: (job) => Object.keys(STATES).indexOf(job.state)},
    {name: 'Job', class: 'c-name', key: (job) => job.name},
    {name: 'Start', class: 'c-start num', key: (job) => (job.ran ? job.from : Infinity)},
    {name: 'Waited', class: 'c-wait num', key: (job) => job.wait + job.later, down: true, has: (job) => job.wait + job.later > 0.005},
    {name: 'Time', class: 'c-time num', key: (job) => job.time, down: true},
    {name: 'Tries', class: 'c-tries num', key: (job) => job.attempt_count, down: true, has: (job) => job.attempt_count > 1},
    {name: 'When', class: 'c-when', key: (job) => (job.ran ? job.from : Infinity)},
    {name: 'Reason', class: 'c-reason', key: (job) => job.reason || '\uffff', has: (job) => job.reason || job.restored || job.cache},
  ];
  for (const column of columns) column.hidden = column.has && !jobs.some(column.has);
  const filter = {states: new Set(), words: [], only: null};
  let sort = {column: -1, down: false};
  let shown = inOrder;
  let places = new Map();

  function refresh() {
    let list = inOrder;
    if (filter.only) list = list.filter((job) => filter.only.set.has(job));
    if (filter.states.size > 0) list = list.filter((job) => filter.states.has(job.state));
    if (filter.words.length > 0) list = list.filter((job) => filter.words.every((word) => job.words.includes(word)));
    if (sort.column >= 0) {
      const {key} = columns[sort.column];
      const sign = sort.down ? -1 : 1;
      list = list.map((job) => [key(job), job]);
      list.sort((a, b) => (a[0] < b[0] ? -sign : a[0] > b[0] ? sign : a[1].order - b[1].order));
      list = list.map((pair) => pair[1]);
    }
    shown = list;
    places = new Map(list.map((job, i) => [job, i]));
    $('shown').textContent = list.length === jobs.length ? '' : list.length.toLocaleString('en') + ' of ' + jobs.length.toLocaleString('en');
    $('none').hidden = list.length > 0;
    $('table').setAttribute('aria-rowcount', String(list.length + 1));
    heads();
    draw(true);
  }

  function heads() {
    $('columns').replaceChildren(...columns.map((column, i) => element('th', {
      class: column.class, scope: 'col', hidden: column.hidden,
      'aria-sort': sort.column === i ? (sort.down ? 'descending' : 'ascending') : undefined,
    }, element('button', {type: 'button', onclick: () => {
      if (sort.column !== i) sort = {column: i, down: Boolean(column.down)};
      else if (sort.down === Boolean(column.down)) sort = {column: i, down: !sort.down};
      else sort = {column: -1, down: false};
      refresh();
      $('columns').children[i].firstChild.focus({preventScroll: true});
    }}, column.name))));
  }

  const part = (seconds) => (100 * Math.min(1, Math.max(0, seconds / elapsed))).toFixed(3) + '%';

  function piece(name, from, to) {
    const made = element('i', {class: name});
    made.style.left = part(from);
    made.style.width = part(to - from);
    return made;
  }

  function gantt(job) {
    const made = element('div', {class: 'gantt', 'aria-hidden': 'true'});
    if (!job.ran) return made;
    if (job.wait > 0.005) made.append(piece('wait', job.ready, job.started));
    if (job.attempts.length === 0) { made.append(piece(job.state, job.from, job.ended)); return made; }
    const tries = job.attempts.slice(-12);
    tries.forEach((attempt, i) => {
      const last = i === tries.length - 1;
      made.append(piece(last ? job.state : attempt.lost ? 'tried lost' : 'tried', attempt.started, attempt.ended));
      if (last) return;
      const paused = attempt.until + attempt.paused;
      if (attempt.paused > 0) made.append(piece('pause', attempt.until, paused));
      if (attempt.waited > 0.005) made.append(piece('wait', paused, paused + attempt.waited));
    });
    let after = job.done;
    for (const callback of job.callbacks) {
      if (callback.started - after > 0.005) made.append(piece('wait', after, callback.started));
      made.append(piece('callback ' + (callback.kind === 'none' ? 'succeeded' : 'failed'), callback.started, callback.ended));
      after = callback.ended;
    }
    return made;
  }

  function row(job, index) {
    const chosen = selection.job === job;
    const name = element('td', {class: 'c-name', title: job.name}, sort.column < 0 ? job.short : job.name,
      ...job.tags.slice(0, 3).map((tag) => element('span', {class: 'tag'}, tag)));
    if (sort.column < 0 && filter.words.length === 0) name.style.paddingLeft = 10 + Math.min(job.depth, 8) * 18 + 'px';
    else name.firstChild.data = job.name;
    const note = [job.restored ? 'done by an earlier run' : '', job.cache || '', job.reason || '', job.pardon ? '(' + job.pardon + ')' : ''];
    const cells = [
      [icon(job.state), element('span', {class: 'word'}, ' ' + stateOf(job).word)], name, [job.ran ? '+' + duration(job.from) : ''],
      [job.wait + job.later > 0.005 ? duration(job.wait + job.later) : ''], [job.ran ? duration(job.time) : ''],
      [job.attempt_count > 1 ? String(job.attempt_count) : ''], [gantt(job)], [note.filter(Boolean).join(' ')],
    ];
    return element('tr', {class: 'job', 'aria-rowindex': index + 2, 'aria-selected': String(chosen), tabindex: chosen ? 0 : -1, 'data-job': job.index},
      ...cells.map((cell, i) => (cell === name ? name
        : element('td', {class: columns[i].class, hidden: columns[i].hidden, title: i === cells.length - 1 && cell[0]}, ...cell))));
  }

  let drawn = '';
  function draw(anew, all) {
    const top = body.getBoundingClientRect().top;
    const from = all ? 0 : Math.max(0, Math.min(shown.length - 1, Math.floor(-top / ROW) - 10));
    const to = all ? Math.min(shown.length, 3000) : Math.min(shown.length, Math.ceil((window.innerHeight - top) / ROW) + 10);
    const range = from + '-' + to;
    if (!anew && range === drawn) return;
    drawn = range;
    const pad = (count_) => {
      const cell = element('td');
      cell.style.height = count_ * ROW + 'px';
      return element('tr', {class: 'pad', 'aria-hidden': 'true'}, cell);
    };
    const made = [];
    if (from > 0) made.push(pad(from));
    for (let i = from; i < to; ++i) made.push(row(shown[i], i));
    if (to < shown.length && !all) made.push(pad(shown.length - Math.max(from, to)));
    const had = body.contains(document.activeElement);
    body.replaceChildren(...made);
    if (had) focus();
  }

  function focus() {
    const found = body.querySelector('[aria-selected="true"]');
    if (found) found.focus({preventScroll: true});
  }

  function chips() {
    const counts = new Map();
    for (const job of jobs) counts.set(job.state, (counts.get(job.state) || 0) + 1);
    const made = Object.keys(STATES).filter((state) => counts.has(state)).map((state) => element('button', {
      type: 'button', 'aria-pressed': String(filter.states.has(state)), 'data-state': state,
      onclick: (event) => {
        if (!filter.states.delete(state)) filter.states.add(state);
        chips();
        refresh();
        const again = document.querySelector('#chips [data-state="' + state + '"]');
        if (again && event.detail === 0) again.focus();
      },
    }, icon(state), STATES[state].word + ' ', element('b', {}, counts.get(state).toLocaleString('en'))));
    if (filter.only) {
      made.push(element('button', {type: 'button', 'aria-pressed': 'true', onclick: () => { filter.only = null; chips(); refresh(); }},
        ' ' + count(filter.only.set.size, 'job') + ' ' + filter.only.what + ' ✕'));
    }
    $('chips').replaceChildren(...made);
  }

  const search = $('search');
  search.addEventListener('input', () => {
    filter.words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    refresh();
  });
  body.addEventListener('click', (event) => {
    const found = event.target.closest('tr.job');
    if (found) select(jobs[Number(found.dataset.job)], {open: true});
  });
  const redraw = eachFrame(() => draw(false));
  window.addEventListener('scroll', redraw, {passive: true});
  window.addEventListener('resize', () => redraw());
  window.addEventListener('beforeprint', () => draw(true, true));
  window.addEventListener('afterprint', () => draw(true));

  // Scrolls so far that the job is to be seen.
  function reveal(job) {
    let index = places.get(job);
    if (index === undefined) {
      clear();
      index = places.get(job);
    }
    const top = body.getBoundingClientRect().top + index * ROW;
    const above = $('jobs').querySelector('.bar').offsetHeight + 40;
    if (top < above) window.scrollBy(0, top - above - ROW);
    else if (top + ROW > window.innerHeight - 8) window.scrollBy(0, top + 2 * ROW - window.innerHeight);
    draw(true);
  }

  function clear() {
    filter.states.clear();
    filter.words = [];
    filter.only = null;
    search.value = '';
    chips();
    refresh();
  }

  function step(by, fits) {
    const at = selection.job ? places.get(selection.job) : undefined;
    let next = at === undefined ? (by > 0 ? 0 : shown.length - 1) : at + by;
    while (fits && shown[next] && !fits(shown[next])) next += by;
    if (fits && !shown[next]) next = shown.findIndex(fits);
    return shown[Math.max(0, Math.min(shown.length - 1, next))] || null;
  }

  return {
    draw: redraw, refresh, chips, reveal, clear, step,
    mark: () => {
      for (const found of body.querySelectorAll('tr.job')) {
        const chosen = selection.job === jobs[Number(found.dataset.job)];
        found.setAttribute('aria-selected', String(chosen));
        found.tabIndex = chosen ? 0 : -1;
      }
    },
    only: (list, what) => { clear(); filter.only = {set: new Set(list), what}; chips(); refresh(); $('jobs').scrollIntoView(); },
    toggleFailures: () => {
      const wanted = filter.states.size === 0;
      filter.states = new Set(wanted ? jobs.filter((job) => job.isFailure).map((job) => job.state) : []);
      chips();
      refresh();
    },
    focus,
    isFiltered: () => filter.states.size > 0 || filter.words.length > 0 || filter.only !== null,
    count: () => shown.length,
  };
})();
