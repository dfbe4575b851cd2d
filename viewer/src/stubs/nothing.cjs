// Stands where something was left out of the bundle: whatever is asked of it is nothing that can be called by mistake.
const nothing = new Proxy(function () {}, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => "" : name === "__esModule" ? false : name === "prototype" ? {} : nothing),
  apply: () => nothing,
  construct: () => ({}),
});
module.exports = nothing;
