// Draws which job needs which, one level of groups at a time; many alike become one. Knows nothing of the table.
const graph = (() => {
  const canvas = $('graph');
  const MOST = 300;  // nodes that are drawn
  const WIDE = 176;
  const TALL = 42;
  const GAP_X = 56;
  const GAP_Y = 14;
  const PLACE = 10;
  const view = {x: 0, y: 0, scale: 1};
  let level = null;  // the job whose inside is shown
  let nodes = [];
  let size = {width: 1, height: 1};
  let edges = [];
  let laidOut = false;

  const membersOf = (job) => (job ? job.children : jobs.filter((other) => other.parent === undefined && !other.callback));

  function nodesOf(members) {
    const known = new Map();
    const made = members.map((job) => ({jobs: [job], job, needs: []}));
    for (const node of made) known.set(node.job.index, node);
    for (const node of made) node.needs = node.job.needs.map((need) => known.get(need)).filter(Boolean);
    return made;
  }

  // Puts together what `keyOf` finds alike.
  function bundled(made, keyOf) {
    const byKey = new Map();
    for (const node of made) {
      const key = keyOf(node);
      if (!byKey.has(key)) byKey.set(key, []);
      byKey.get(key).push(node);
    }
    const into = new Map();
    const result = [...byKey.values()].map((alike) => {
      const bundle = {jobs: alike.flatMap((node) => node.jobs), needs: [], alike};
      bundle.job = bundle.jobs.length === 1 ? bundle.jobs[0] : null;
      for (const node of alike) into.set(node, bundle);
      return bundle;
    });
    for (const bundle of result) {
      const needs = new Set(bundle.alike.flatMap((node) => node.needs.map((need) => into.get(need))));
      needs.delete(bundle);
      bundle.needs = [...needs];
    }
    return result;
  }

  function build() {
    const members = membersOf(level);
    let made = nodesOf(members);
    let note = '';
    if (made.length > MOST) {
      const ids = new Map(made.map((node, i) => [node, i]));
      const users = made.map(() => []);
      for (const node of made) for (const need of node.needs) users[ids.get(need)].push(ids.get(node));
      made = bundled(made, (node) => node.needs.map((need) => ids.get(need)).join() + '|' + users[ids.get(node)].join());
      note = 'Jobs with the same needs and dependents are shown as one. ';
    }
    if (made.length > MOST) {
      layOutLayers(made);
      made = bundled(made, (node) => node.layer);
      note = 'Too many to draw one by one: jobs equally far from the start are shown as one. ';
    }
    nodes = made;
    $('graph-note').textContent = note + count(members.length, 'job') + '. ' +
      (members.some((job) => job.children.length > 0) ? 'Double-click or Enter on a group shows what is inside. ' : '') +
      'The wide line is the critical path.';
    place(layOutLayers(nodes));
    crumbs();
  }

  function place(layers) {
    let x = 0;
    let tallest = 0;
    const columns = layers.map((layer) => {
      const real = layer.filter((node) => !node.place);
      const wraps = real.length === layer.length && layers.length < 4 ? Math.max(1, Math.min(12, Math.ceil(real.length / 14))) : 1;
      const rows = Math.ceil(layer.length / wraps);
      const column = {layer, wraps, rows, x};
      column.height = wraps > 1 ? rows * (TALL + GAP_Y) : layer.reduce((sum, node) => sum + (node.place ? PLACE : TALL) + GAP_Y, 0);
      tallest = Math.max(tallest, column.height);
      x += wraps * (WIDE + 16) - 16 + GAP_X;
      return column;
    });
    for (const column of columns) {
      let y = (tallest - column.height) / 2;
      column.layer.forEach((node, i) => {
        if (column.wraps > 1) {
          node.x = column.x + Math.floor(i / column.rows) * (WIDE + 16);
          node.y = (tallest - column.height) / 2 + (i % column.rows) * (TALL + GAP_Y);
          return;
        }
        node.x = column.x;
        node.y = y;
        y += (node.place ? PLACE : TALL) + GAP_Y;
      });
    }
    const on = new Set(chain.flatMap((link) => {
      const around = [];
      for (let job = link.job; job; job = job.parent === undefined ? null : jobs[job.parent]) around.push(job);
      return around;
    }));
    for (const node of nodes) node.critical = node.jobs.some((job) => on.has(job));
    edges = nodes.flatMap((node) => node.routes.map((route) => ({route, critical: node.critical && route[0].critical && isLink(route[0], node)})));
    edges.sort((a, b) => a.critical - b.critical);
    size = {width: Math.max(1, x - GAP_X), height: Math.max(1, tallest - GAP_Y)};
  }

  // Whether the chain goes from the one straight to the other.
  function isLink(from, to) {
    const within = (job, node) => {
      for (let at = job; at; at = at.parent === undefined ? null : jobs[at.parent]) if (node.jobs.includes(at)) return true;
      return false;
    };
    return chain.some((link, i) => i > 0 && within(chain[i - 1].job, from) && within(link.job, to));
  }

  function crumbs() {
    const path = [];
    for (let job = level; job; job = job.parent === undefined ? null : jobs[job.parent]) path.unshift(job);
    const parts = [element('button', {type: 'button', onclick: () => enter(null)}, 'all jobs')];
    for (const job of path) {
      parts.push('›', element('button', {type: 'button', onclick: () => enter(job)}, job.short));
    }
    $('crumbs').replaceChildren(...parts);
    $('crumbs').hidden = path.length === 0;
  }

  function fit() {
    const {width, height} = viewport();
    view.scale = Math.max(0.05, Math.min(1.15, (width - 48) / size.width, (height - 40) / size.height));
    if (view.scale < 0.45 && size.width * 0.45 > width) view.scale = Math.min(0.6, Math.max(view.scale, (height - 40) / size.height));
    view.x = Math.max(24, (width - size.width * view.scale) / 2);
    view.y = Math.max(20, (height - size.height * view.scale) / 2);
    if (size.height * view.scale > height - 40) view.y = 20;
    draw();
  }

  const viewport = () => ({width: canvas.clientWidth, height: Math.round(Math.max(200, Math.min(460, window.innerHeight * 0.45, size.height * 1.15 + 70)))});

  function drawEdge(pen, edge) {
    pen.strokeStyle = edge.critical ? colors.accent : colors.strong;
    pen.lineWidth = edge.critical ? 2.5 : 1.3;
    pen.beginPath();
    edge.route.forEach((node, i) => {
      const inX = node.x;
      const y = node.y + (node.place ? PLACE : TALL) / 2;
      if (i === 0) { pen.moveTo(node.x + WIDE, y); return; }
      const earlier = edge.route[i - 1];
      const fromX = earlier.x + WIDE;
      const fromY = earlier.y + (earlier.place ? PLACE : TALL) / 2;
      const bend = Math.max(20, (inX - fromX) / 2);
      pen.bezierCurveTo(fromX + bend, fromY, inX - bend, y, inX - (i === edge.route.length - 1 ? 5 : 0), y);
      if (node.place) pen.lineTo(inX + WIDE, y);
    });
    pen.stroke();
    const end = edge.route[edge.route.length - 1];
    const y = end.y + TALL / 2;
    pen.fillStyle = pen.strokeStyle;
    pen.beginPath();
    pen.moveTo(end.x - 7, y - 4);
    pen.lineTo(end.x, y);
    pen.lineTo(end.x - 7, y + 4);
    pen.fill();
  }

  function countsOf(list) {
    const counts = new Map();
    for (const job of list) counts.set(job.state, (counts.get(job.state) || 0) + 1);
    return Object.keys(STATES).filter((state) => counts.has(state)).map((state) => [state, counts.get(state)]);
  }

  function drawNode(pen, node) {
    const {x, y, job} = node;
    const inside = job ? job.children : node.jobs;
    const state = job ? job.state : worst(node.jobs);
    const chosen = job && selection.job === job;
    if (inside.length > 0) {  // a stack
      for (const shift of [6, 3]) {
        box(pen, x + shift, y + shift, WIDE, TALL, 7);
        pen.fillStyle = colors.card;
        pen.fill();
        pen.strokeStyle = colors.line;
        pen.lineWidth = 1;
        pen.stroke();
      }
    }
    box(pen, x, y, WIDE, TALL, 7);
    pen.fillStyle = chosen ? colors.select : colors.card;
    pen.fill();
    pen.strokeStyle = chosen || node.critical ? colors.accent : colors.strong;
    pen.lineWidth = chosen ? 2.5 : node.critical ? 1.8 : 1;
    pen.stroke();
    pen.save();
    pen.clip();
    pen.fillStyle = colors[state];
    pen.fillRect(x, y, 24, TALL);
    pen.restore();
    pen.fillStyle = onState(state);
    pen.textAlign = 'center';
    pen.font = '700 14px ' + colors.sans;
    pen.fillText((STATES[state] || {icon: '·'}).icon, x + 12, y + TALL / 2 + 1);
    pen.textAlign = 'left';
    pen.fillStyle = colors.text;
    pen.font = '600 12.5px ' + colors.sans;
    const name = job ? job.short : count(node.jobs.length, 'job');
    pen.fillText(fitted(pen, name, WIDE - 40), x + 32, y + 14);
    pen.fillStyle = colors.dim;
    pen.font = '11.5px ' + colors.sans;
    const parts = [];
    if (job) parts.push(job.ran ? duration(job.time) : job.restored ? 'done earlier' : stateOf(job).word);
    if (job && job.attempt_count > 1) parts.push(job.attempt_count + ' attempts');
    if (inside.length > 0) parts.push(countsOf(inside).map(([name2, number]) => STATES[name2].icon + ' ' + number).join('  '));
    pen.fillText(fitted(pen, parts.join(' · '), WIDE - 40), x + 32, y + 30);
  }

  function worst(list) {
    const rank = ['failed', 'timed_out', 'rejected', 'degraded', 'cancelled', 'succeeded', 'skipped'];
    return rank.find((state) => list.some((job) => job.state === state)) || 'skipped';
  }

  const draw = eachFrame(() => {
    if (canvas.clientWidth === 0) return;
    if (!laidOut) { laidOut = true; build(); fit(); }
    const {height} = viewport();
    const {pen, width} = prepare(canvas, height);
    pen.translate(view.x, view.y);
    pen.scale(view.scale, view.scale);
    pen.textBaseline = 'middle';
    for (const edge of edges) drawEdge(pen, edge);
    for (const node of nodes) {
      const left = node.x * view.scale + view.x;
      const top = node.y * view.scale + view.y;
      if (left > width || top > height || left < -WIDE * view.scale - 8 || top < -TALL * view.scale - 8) continue;
      drawNode(pen, node);
    }
  });

  function hit(x, y) {
    const gx = (x - view.x) / view.scale;
    const gy = (y - view.y) / view.scale;
    return nodes.find((node) => gx >= node.x && gx <= node.x + WIDE && gy >= node.y && gy <= node.y + TALL) || null;
  }

  function zoom(factor, x, y) {
    const {width, height} = viewport();
    const scale = Math.max(0.05, Math.min(4, view.scale * factor));
    const [atX, atY] = [x === undefined ? width / 2 : x, y === undefined ? height / 2 : y];
    view.x = atX - ((atX - view.x) * scale) / view.scale;
    view.y = atY - ((atY - view.y) * scale) / view.scale;
    view.scale = scale;
    draw();
  }

  function pan(dx, dy) {
    view.x += dx;
    view.y += dy;
    draw();
  }

  function enter(job) {
    level = job;
    build();
    fit();
  }

  pointer(canvas, {
    hit,
    tip: (node) => (node.job ? jobLines(node.job)
      : [count(node.jobs.length, 'job'), countsOf(node.jobs).map(([state, number]) => number + ' ' + STATES[state].word).join(', '),
        'click: only these in the table']),
    click: (node) => { if (node.job) select(node.job, {open: true, reveal: true}); else table.only(node.jobs, 'of the graph'); },
    doubleClick: (node) => { if (node && node.job && node.job.children.length > 0) enter(node.job); else if (!node) fit(); },
    pan,
    zoom,
  });
  canvas.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !selection.job || selection.job.children.length === 0) return;
    enter(selection.job);
    event.preventDefault();
    event.stopPropagation();
  });
  canvas.setAttribute('aria-label', 'Which job needs which. The details of each job have the same as links.');

  // Shows the level that the job is on.
  function reveal(job) {
    const around = job.parent === undefined ? null : jobs[job.parent];
    if (laidOut && around !== level && !job.callback) enter(around);
    draw();
  }
  return {draw, zoom, pan, fit, reveal, nodeCount: () => nodes.length, level: () => level, viewOf: () => view};
})();
