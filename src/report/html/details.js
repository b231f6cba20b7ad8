// All there is to know of one job, at the side. Knows nothing of how it was chosen.
const details = (() => {
  const MOST = 200;
  const panel = $('details');
  let back = null;

  const link = (job) => element('a', {href: '#job=' + encodeURIComponent(job.name)}, icon(job.state), job.name);
  const log = (text) => { const made = element('pre', {class: 'log', tabindex: 0}); made.append(terminalText(text)); return made; };

  function list(title, some) {
    if (some.length === 0) return [];
    const most = 60;
    const made = element('div', {class: 'links'}, ...some.slice(0, most).map(link));
    if (some.length > most) {
      made.append(element('button', {type: 'button', onclick: () => table.only(some, title.toLowerCase())}, 'all ' + some.length));
    }
    return [element('h3', {}, title), made];
  }

  function attempts(job) {
    const last = job.attempts.length - 1;
    if (last < 0 || (last === 0 && job.attempt_count === 1)) return [];
    const before = job.attempts.length > MOST ? ', the last ' + MOST + ' of ' + job.attempts.length : '';
    const made = [element('h3', {}, 'Attempts' + before)];
    job.attempts.slice(-MOST).forEach((attempt, i, some) => {
      const isLast = i === some.length - 1;
      const state = attempt.kind === 'none' || (isLast && attempt.kind === job.kind) ? job.state : attempt.lost ? 'cancelled' : 'failed';
      const box_ = element('div', {class: 'attempt'}, element('div', {class: 'head'}, icon(isLast ? job.state : state),
        element('b', {}, (attempt.fallback ? 'fallback' : '#' + attempt.number)),
        element('span', {class: 'dim'}, attempt.hedge ? 'hedge, ' : '', '+' + duration(attempt.started) + ', ' + duration(attempt.ended - attempt.started)),
        element('span', {}, attempt.reason || '')));
      if (attempt.output && !isLast) {
        box_.append(element('details', {}, element('summary', {}, 'output'), log(attempt.output)));
      }
      made.push(box_);
      const gap = [attempt.paused > SMALL ? 'paused for ' + duration(attempt.paused) : '',
        attempt.waited > 0.005 ? 'waited ' + duration(attempt.waited) + ' to start' : ''].filter(Boolean);
      if (!isLast && gap.length > 0) made.push(element('div', {class: 'pause'}, '┆ ' + gap.join(', then ')));
    });
    return made;
  }

  function callbacks(job) {
    if (job.callbacks.length === 0) return [];
    return [element('h3', {}, 'Callbacks'), ...job.callbacks.map((callback) => element('div', {class: 'attempt'}, element('div', {class: 'head'},
      icon(callback.kind === 'none' ? 'succeeded' : 'failed'), element('b', {}, callback.name),
      element('span', {class: 'dim'}, '+' + duration(callback.started) + ', ' + duration(callback.ended - callback.started)),
      element('span', {}, callback.reason || ''))))];
  }

  function facts(job) {
    const rows = [];
    const say = (name, ...value) => { if (value.some(Boolean)) rows.push(element('dt', {}, name), element('dd', {}, ...value)); };
    say('State', stateOf(job).word + (job.pardon ? ', ' + job.pardon : '') + (job.cache ? ' (' + job.cache + ')' : ''));
    if (job.ran) {
      say('Time', duration(job.time) + ', from +' + duration(job.from) + ' to +' + duration(job.ended));
      say('Waited', [job.wait > SMALL ? duration(job.wait) + ' to start' : '', job.later > 0.005 ? duration(job.later) + ' later' : '']
        .filter(Boolean).join(', '));
    }
    say('Exit code', job.exit_code !== undefined ? String(job.exit_code) : '');
    say('Status', job.status !== undefined ? 'HTTP ' + job.status : '');
    say('Used', job.max_rss_kib ? duration((job.user || 0) + (job.system || 0)) + ' of CPU, ' + bytes(job.max_rss_kib * 1024) : '');
    say('Tags', job.tags.join(', '));
    say('Written in', job.file ? element('code', {}, job.file + (job.line ? ':' + job.line : '')) : '');
    say('Log', job.log ? element('code', {}, job.log) : '');
    return element('dl', {}, ...rows);
  }

  function show(job) {
    const parts = [
      element('button', {type: 'button', class: 'quiet close', 'aria-label': 'Close the details', onclick: () => close()}, '✕'),
      element('h2', {}, icon(job.state), ' ' + job.name),
      job.description ? element('p', {class: 'dim'}, job.description) : '',
      job.reason || job.restored ? element('p', {class: 'reason ' + job.state}, job.restored ? 'done by an earlier run' : job.reason) : '',
      job.action ? element('pre', {class: 'log'}, job.action) : '',
      element('h3', {}, 'What happened'), facts(job),
    ];
    if (job.policies && job.policies.length > 0) {
      parts.push(element('h3', {}, 'Policies'), element('ul', {}, ...job.policies.map((words) => element('li', {}, words))));
    }
    parts.push(...attempts(job), ...callbacks(job));
    if (job.output) {
      const cut = job.output_before > 0 ? 'The end of the output, after ' + bytes(job.output_before) + ' more' : 'Output';
      parts.push(element('h3', {}, cut), log(job.output));
    }
    const some = (indices) => indices.map((index) => jobs[index]);
    parts.push(...list('Needs', some(job.needs)), ...list('Needed by', some(job.dependents)),
      ...list('Inside of', job.parent === undefined ? [] : [jobs[job.parent]]), ...list('Inside', job.children));
    panel.replaceChildren(...parts.filter(Boolean));
    panel.hidden = false;
    panel.scrollTop = 0;
    for (const made of panel.querySelectorAll('pre.log')) made.scrollTop = made.scrollHeight;
  }

  return {
    show,
    isOpen: () => !panel.hidden,
    focus: () => { back = document.activeElement; panel.focus({preventScroll: true}); },
    hide: () => {
      const had = panel.contains(document.activeElement);
      panel.hidden = true;
      panel.replaceChildren();
      if (had && back && back.isConnected) back.focus({preventScroll: true});
      back = null;
    },
  };
})();
