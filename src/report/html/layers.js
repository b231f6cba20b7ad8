// Places the nodes of a graph in layers: how far they are from the beginning, and in which order edges cross least. Knows nothing of
// jobs or of drawing.

// nodes: [{needs: [node…]}]. Gives each its `layer`, and `order` in it; gives the layers.
function layOutLayers(nodes) {
  const layers = [];
  const state = new Map();
  for (const start of nodes) {  // longest paths, without recursion; whatever makes a cycle is left out
    const todo = [start];
    while (todo.length > 0) {
      const node = todo[todo.length - 1];
      if (state.get(node) === 'done') { todo.pop(); continue; }
      state.set(node, 'open');
      const open = node.needs.filter((need) => !state.has(need));
      if (open.length > 0) { todo.push(...open); continue; }
      node.layer = node.needs.reduce((most, need) => (state.get(need) === 'done' ? Math.max(most, need.layer + 1) : most), 0);
      state.set(node, 'done');
      todo.pop();
    }
  }
  for (const node of nodes) (layers[node.layer] = layers[node.layer] || []).push(node);

  // Edges over several layers pass through a place in each of them.
  let places = 0;
  for (const node of nodes) node.above = [];
  for (const node of nodes) {
    node.routes = [];
    for (const need of node.needs) {
      const route = [need];
      for (let layer = need.layer + 1; layer < node.layer && places < 4000; ++layer, ++places) {
        const place = {layer, place: true, above: [route[route.length - 1]], below: []};
        layers[layer].push(place);
        route.push(place);
      }
      route.push(node);
      node.above.push(route[route.length - 2]);
      node.routes.push(route);
    }
  }
  for (const layer of layers) for (const node of layer) node.below = [];
  for (const layer of layers) for (const node of layer) for (const other of node.above) other.below.push(node);

  const number = (layer) => layer.forEach((node, i) => { node.order = i; });
  layers.forEach(number);
  const sweep = (layer, side) => {
    for (const node of layer) {
      const others = node[side];
      node.weight = others.length > 0 ? others.reduce((sum, other) => sum + other.order, 0) / others.length : node.order;
    }
    layer.sort((a, b) => a.weight - b.weight || a.order - b.order);
    number(layer);
  };
  for (let round = 0; round < 4; ++round) {
    for (let i = 1; i < layers.length; ++i) sweep(layers[i], 'above');
    for (let i = layers.length - 2; i >= 0; --i) sweep(layers[i], 'below');
  }
  return layers;
}
