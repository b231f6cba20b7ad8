// Draws the jobs over time, and how many ran at once. Knows nothing of the table.
const timeline = (() => {
  const canvas = $('timeline');
  const overview = $('overview');
  const AXIS = 26;
  const LEFT = 1;
  const view = {from: 0, to: elapsed, top: 0, mode: 'slot', path: false};
  let rows = [];    // lists of jobs
  let labels = [];  // one a row, in the mode by job
  let room = {width: 0, height: 0, row: 26, gutter: 0};

  // Each job gets the first row that is free when it starts.
  function bySlot() {
    const busy = heap((row) => row.end);  // rows by when their last job ends
    const free = heap((row) => row.number);
    const made = [];
    for (const job of [...leaves].sort((a, b) => a.started - b.started || a.index - b.index)) {
      while (busy.size() > 0 && busy.first().end <= job.started + 1e-9) free.add(busy.take());
      const row = free.size() > 0 ? free.take() : {number: made.push([]) - 1};
      row.end = Math.max(job.ended, job.started);
      busy.add(row);
      made[row.number].push(job);
    }
    return made;
  }

  function layOut() {
    if (view.mode === 'slot') {
      rows = bySlot();
      labels = [];
    } else {
      const shown = inOrder.filter((job) => job.ran);
      rows = shown.map((job) => [job]);
      labels = shown;
    }
    view.top = 0;
  }

  function measure() {
    const most = Math.min(460, Math.max(230, window.innerHeight * 0.42));
    const row = Math.max(view.mode === 'slot' ? 7 : 18, Math.min(28, Math.floor((most - AXIS) / Math.max(1, rows.length))));
    const height = Math.min(most, AXIS + Math.max(rows.length, 3) * row + 6);
    const width = canvas.clientWidth;
    const gutter = view.mode === 'job' ? Math.min(240, Math.max(90, width * 0.2)) : 34;
    room = {width, height, row, gutter, inside: Math.max(1, width - gutter - 14)};
    view.top = Math.max(0, Math.min(view.top, AXIS + rows.length * row + 6 - height));
  }

  const xOf = (time) => room.gutter + ((time - view.from) / (view.to - view.from)) * room.inside;
  const timeOf = (x) => view.from + ((x - room.gutter) / room.inside) * (view.to - view.from);

  function steps(span, most) {
    const raw = span / most;
    const nice = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400,
      43200, 86400];
    return nice.find((step) => step >= raw) || Math.ceil(raw / 86400) * 86400;
  }

  function tick(time, step) {
    if (time === 0) return '0';
    if (step < 0.1 && view.to < 1) return Math.round(time * 1000) + 'ms';
    if (step < 1) return time.toFixed(step < 0.01 ? 3 : step < 0.1 ? 2 : 1) + 's';
    return time < 60 ? Math.round(time) + 's' : Math.floor(time / 60) + ':' + String(Math.round(time % 60)).padStart(2, '0');
  }

  function drawAxis(pen) {
    const step = steps(view.to - view.from, Math.max(2, room.inside / 90));
    pen.font = '11.5px ' + colors.sans;
    pen.textBaseline = 'middle';
    pen.textAlign = 'left';
    pen.lineWidth = 1;
    for (let i = Math.ceil(view.from / step - 1e-9); i * step <= view.to; ++i) {
      const x = Math.round(xOf(i * step)) + 0.5;
      pen.strokeStyle = colors.grid;
      pen.beginPath();
      pen.moveTo(x, AXIS - 6);
      pen.lineTo(x, room.height);
      pen.stroke();
      pen.fillStyle = colors.dim;
      pen.fillText(tick(i * step, step), x + 4, 12);
    }
  }

  function drawPieces(pen, job, y, height) {
    const last = job.attempts.length - 1;
    job.attempts.forEach((attempt, i) => {
      const x = xOf(attempt.started);
      const end = xOf(attempt.ended);
      if (end >= room.gutter - 2 && x <= room.width) {
        box(pen, x, y, end - x - 1, height, height < 10 ? 1 : 3);
        if (i < last) {
          pen.fillStyle = colors.card;
          pen.fill();
          const color = attempt.lost ? colors.cancelled : colors.failed;
          pen.fillStyle = striped(pen, color, 1);
          pen.fill();
          pen.strokeStyle = color;
          pen.lineWidth = 1;
          pen.stroke();
        } else {
          pen.fillStyle = colors[job.state];
          pen.fill();
        }
      }
      if (i < last) {
        const paused = xOf(attempt.until + attempt.paused);
        dashes(pen, xOf(attempt.until), paused, y + height / 2, [4, 3], colors.pause);
        dashes(pen, paused, xOf(job.attempts[i + 1].started), y + height / 2, [2, 2.5], colors.wait);
      }
    });
    let after = job.done;
    for (const callback of job.callbacks) {
      dashes(pen, xOf(after), xOf(callback.started), y + height / 2, [2, 2.5], colors.wait);
      pen.fillStyle = colors[callback.kind === 'none' ? 'succeeded' : 'failed'];
      box(pen, xOf(callback.started), y + height * 0.3, xOf(callback.ended) - xOf(callback.started), height * 0.4, 2);
      pen.fill();
      after = callback.ended;
    }
    if (job.attempts.length === 0) {  // a group whose jobs did it all
      pen.globalAlpha *= 0.45;
      pen.fillStyle = colors[job.state];
      const middle = Math.max(3, height * 0.35);
      box(pen, xOf(job.from), y + (height - middle) / 2, xOf(job.ended) - xOf(job.from), middle, 2);
      pen.fill();
    }
  }

  function dashes(pen, from, to, y, pattern, color) {
    if (to - from < 2) return;
    pen.strokeStyle = color;
    pen.lineWidth = pattern.length > 1 && pattern[0] < 3 ? 2.5 : 1.8;
    pen.setLineDash(pattern);
    pen.beginPath();
    pen.moveTo(from, y);
    pen.lineTo(to, y);
    pen.stroke();
    pen.setLineDash([]);
  }

  // In the bar, else after it, else before it.
  function drawLabel(pen, job, y, height, next) {
    const attempts = job.attempts;
    const start = Math.max(room.gutter, xOf(attempts.length > 1 ? attempts[attempts.length - 1].started : job.from));
    const end = Math.min(room.width, xOf(job.done));
    const over = Math.min(room.width, xOf(job.ended));
    const name = (job.state === 'succeeded' ? '' : stateOf(job).icon + ' ') + (view.mode === 'slot' ? job.name : duration(job.time));
    const middle = y + height / 2 + 0.5;
    const inside = attempts.length > 0 && end - start > 34 ? fitted(pen, name, end - start - 10) : '';
    if (inside === name || (inside.length > 3 && view.mode === 'slot')) {
      pen.fillStyle = onState(job.state);
      pen.fillText(inside, start + 5, middle);
      return;
    }
    pen.fillStyle = colors.text;
    const space = (next === undefined ? room.width : Math.min(room.width, xOf(next))) - over - 8;
    const after = space > 30 && over > room.gutter ? fitted(pen, name, space) : '';
    if (after === name || after.length > 3) {
      pen.fillText(after, over + 5, middle);
    } else if (view.mode === 'job') {
      const before = xOf(job.ready) - textWidth(pen, name) - 8;
      if (before > room.gutter) pen.fillText(name, before, middle);
    }
  }

  function drawRow(pen, list, index) {
    const y = AXIS + index * room.row - view.top;
    const height = room.row < 12 ? room.row - 1 : Math.min(20, room.row - 7);
    const top = y + (room.row < 12 ? 0 : 2);
    let painted = -1;
    for (let i = 0; i < list.length; ++i) {
      const job = list[i];
      const x = xOf(job.from);
      const end = xOf(job.ended);
      if (end < room.gutter && xOf(job.ready) < room.gutter) continue;
      if (xOf(job.ready) > room.width) continue;
      pen.globalAlpha = view.path && !onChain.has(job) ? 0.22 : 1;
      if (end - x < 2.5 && job.attempts.length < 2 && job.callbacks.length === 0) {
        if (end > painted || job.isFailure) {  // what is narrower than a pixel isn't painted twice
          pen.fillStyle = colors[job.state];
          pen.fillRect(x, top, Math.max(1.2, end - x), height);
          painted = Math.max(x, end) + 0.5;
        }
      } else {
        drawPieces(pen, job, top, height);
      }
      if (job.wait > 0 && room.row >= 12) {
        dashes(pen, xOf(job.ready), x - 1, view.mode === 'slot' ? top + height + 2.5 : top + height / 2, [2, 2.5], colors.wait);
      }
      if (room.row >= 16) {
        pen.globalAlpha = view.path && !onChain.has(job) ? 0.35 : 1;
        drawLabel(pen, job, top, height, list[i + 1] && list[i + 1].from);
      }
      pen.globalAlpha = 1;
      if (selection.job === job) {
        pen.strokeStyle = colors.accent;
        pen.lineWidth = 2;
        box(pen, x - 2, top - 2, Math.max(3, end - x) + 4, height + 4, 4);
        pen.stroke();
      }
    }
  }

  const draw = eachFrame(() => {
    if (canvas.clientWidth === 0) return;
    measure();
    const {pen, width, height} = prepare(canvas, Math.round(room.height));
    const first = Math.max(0, Math.floor(view.top / room.row));
    const last = Math.min(rows.length, Math.ceil((view.top + height - AXIS) / room.row) + 1);
    pen.fillStyle = colors.stripe;
    for (let i = first + (first % 2 === 0 ? 1 : 0); i < last; i += 2) {
      pen.fillRect(0, AXIS + i * room.row - view.top, width, room.row);
    }
    drawAxis(pen);
    pen.save();
    pen.beginPath();
    pen.rect(room.gutter - 1, AXIS - 2, width, height);
    pen.clip();
    pen.font = '12px ' + colors.sans;
    pen.textBaseline = 'middle';
    pen.textAlign = 'left';
    for (let i = first; i < last; ++i) drawRow(pen, rows[i], i);
    pen.restore();
    drawGutter(pen, first, last);
    drawEvents(pen);
    drawOverview();
  });

  function drawGutter(pen, first, last) {
    pen.font = '11.5px ' + colors.sans;
    for (let i = first; i < last; ++i) {
      const y = AXIS + i * room.row - view.top + room.row / 2;
      if (y < AXIS + 2) continue;
      if (view.mode === 'slot') {
        if (room.row < 12 && i % 5 !== 0) continue;
        pen.fillStyle = colors.dim;
        pen.textAlign = 'right';
        pen.fillText(String(i + 1), room.gutter - 10, y - (room.row < 12 ? 0 : 2));
        pen.textAlign = 'left';
      } else {
        const job = labels[i];
        pen.fillStyle = job.isFailure ? colors.failed : colors.dim;
        pen.fillText(stateOf(job).icon, 10 + job.depth * 12, y - 2);
        pen.fillStyle = selection.job === job ? colors.accent : colors.text;
        pen.fillText(fitted(pen, job.short, room.gutter - 36 - job.depth * 12), 26 + job.depth * 12, y - 2);
      }
    }
  }

  function drawEvents(pen) {
    for (const event of run.events) {
      const x = xOf(event.at);
      if (x < room.gutter - 1 || x > room.width) continue;
      pen.strokeStyle = pen.fillStyle = colors.event;
      pen.lineWidth = 1;
      pen.setLineDash([3, 3]);
      pen.beginPath();
      pen.moveTo(x, AXIS);
      pen.lineTo(x, room.height);
      pen.stroke();
      pen.setLineDash([]);
      pen.beginPath();
      pen.moveTo(x - 5, AXIS - 9);
      pen.lineTo(x + 5, AXIS - 9);
      pen.lineTo(x, AXIS - 1);
      pen.fill();
    }
  }

  function drawOverview() {
    const {pen, width, height} = prepare(overview, 40);
    const scale = (time) => room.gutter + (time / elapsed) * room.inside;
    const most = Math.max(1, use.most);
    const yOf = (running) => height - 4 - (running / most) * (height - 12);
    const bins = new Array(Math.ceil(room.inside) + 1).fill(0);  // the most in each pixel
    let [at, before] = [0, 0];
    for (const [time, running] of [...use.steps, [elapsed, 0]]) {
      const to = Math.min(bins.length - 1, Math.floor((time / elapsed) * room.inside));
      for (let i = at; i <= to; ++i) bins[i] = Math.max(bins[i], before);
      [at, before] = [to, running];
    }
    pen.beginPath();
    pen.moveTo(scale(0), height - 4);
    bins.forEach((running, i) => {
      if (running !== bins[i - 1]) pen.lineTo(room.gutter + i, yOf(bins[i - 1] || 0));
      pen.lineTo(room.gutter + i, yOf(running));
    });
    pen.lineTo(scale(elapsed), height - 4);
    pen.closePath();
    pen.globalAlpha = 0.28;
    pen.fillStyle = colors.accent;
    pen.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = colors.accent;
    pen.lineWidth = 1;
    pen.stroke();
    pen.fillStyle = colors.dim;
    pen.font = '11px ' + colors.sans;
    pen.textBaseline = 'middle';
    pen.textAlign = 'right';
    pen.fillText(String(use.most), 34 - 10, 9);
    pen.fillText('0', 34 - 10, height - 6);
    for (const event of run.events) {
      pen.fillStyle = colors.event;
      pen.fillRect(scale(event.at) - 0.5, 2, 1.5, height - 4);
    }
    if (view.to - view.from < elapsed * 0.999) {
      const [from, to] = [scale(view.from), scale(view.to)];
      pen.fillStyle = colors.card;
      pen.globalAlpha = 0.72;
      pen.fillRect(0, 0, from, height);
      pen.fillRect(to, 0, width - to, height);
      pen.globalAlpha = 1;
      pen.strokeStyle = colors.accent;
      pen.lineWidth = 1.5;
      pen.strokeRect(from, 1, Math.max(2, to - from), height - 2);
    }
  }

  function look(from, to) {
    const span = Math.min(elapsed, Math.max(to - from, Math.max(elapsed * 1e-5, 0.0005)));
    view.from = Math.max(0, Math.min(from, elapsed - span));
    view.to = view.from + span;
    draw();
  }

  function zoom(factor, x) {
    const at = x === undefined ? (view.from + view.to) / 2 : timeOf(Math.max(room.gutter, x));
    const span = (view.to - view.from) / factor;
    const part = (at - view.from) / (view.to - view.from);
    look(at - part * span, at + (1 - part) * span);
  }

  function pan(dx, dy) {
    const shift = (-dx / room.inside) * (view.to - view.from);
    view.top -= dy;
    look(view.from + shift, view.to + shift);
  }

  function hit(x, y) {
    if (y < AXIS) return run.events.find((event) => Math.abs(xOf(event.at) - x) < 7) || null;
    const list = rows[Math.floor((y - AXIS + view.top) / room.row)];
    if (!list) return null;
    if (x < room.gutter) return view.mode === 'job' ? list[0] : null;
    const time = timeOf(x);
    const slack = (3 / room.inside) * (view.to - view.from);
    let best = null;
    for (const job of list) {
      const away = time < job.from ? job.from - time : time > job.ended ? time - job.ended : 0;
      if (away <= slack && (!best || away < best.away)) best = {job, away};
    }
    return best ? best.job : list.find((job) => job.wait > 0 && time >= job.ready && time <= job.started) || null;
  }

  pointer(canvas, {
    hit,
    tip: (found) => (found.text !== undefined ? [found.text, 'at +' + duration(found.at)] : jobLines(found)),
    click: (found) => { if (found.text === undefined) select(found, {open: true, reveal: true}); },
    doubleClick: (found) => (found && found.text === undefined ? show(found) : look(0, elapsed)),
    pan,
    zoom,
    scroll: (dy) => {
      const earlier = view.top;
      view.top = Math.max(0, Math.min(view.top + dy, AXIS + rows.length * room.row + 6 - room.height));
      draw();
      return Math.abs(view.top - earlier) > 0.5;
    },
  });

  let brush = null;
  const overviewTime = (event) => {
    const x = event.clientX - overview.getBoundingClientRect().left;
    return Math.max(0, Math.min(elapsed, ((x - room.gutter) / room.inside) * elapsed));
  };
  overview.addEventListener('pointerdown', (event) => {
    overview.setPointerCapture(event.pointerId);
    const at = overviewTime(event);
    const whole = view.to - view.from >= elapsed * 0.999;
    brush = {at, moves: !whole && at >= view.from && at <= view.to, from: view.from, to: view.to};
  });
  overview.addEventListener('pointermove', (event) => {
    if (!brush) return;
    const at = overviewTime(event);
    if (brush.moves) look(brush.from + at - brush.at, brush.to + at - brush.at);
    else if (Math.abs(at - brush.at) > elapsed * 0.004) look(Math.min(at, brush.at), Math.max(at, brush.at));
  });
  for (const name of ['pointerup', 'pointercancel']) overview.addEventListener(name, () => { brush = null; });
  overview.addEventListener('dblclick', () => look(0, elapsed));

  function show(job) {
    const margin = Math.max((job.ended - job.ready) * 0.4, elapsed * 0.002);
    const row = rows.findIndex((list) => list.includes(job));
    if (row >= 0) view.top = Math.max(0, row * room.row - room.height / 2);
    look(job.ready - margin, job.ended + margin);
  }

  function setMode(mode) {
    view.mode = mode;
    $('by-slot').setAttribute('aria-pressed', String(mode === 'slot'));
    $('by-job').setAttribute('aria-pressed', String(mode === 'job'));
    layOut();
    draw();
  }

  canvas.setAttribute('aria-label', 'Timeline: ' + count(leaves.length, 'job') + ' over ' + duration(elapsed) + ', ' + use.most +
    ' at once at most. The table below has the same in words.');
  return {
    draw, zoom, pan, show, setMode, view,
    all: () => look(0, elapsed),
    togglePath: () => { view.path = !view.path; $('show-path').setAttribute('aria-pressed', String(view.path)); draw(); },
    hit, rowCount: () => rows.length,
  };
})();
