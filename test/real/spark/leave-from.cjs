// A host with a way out of its own: every connection leaves from the address of LEAVE_FROM.
const { Socket } = require('node:net');

const { LEAVE_FROM } = process.env;
const connect = Socket.prototype.connect;
if (LEAVE_FROM !== undefined)
  Socket.prototype.connect = function (...args) {
    const options = Array.isArray(args[0]) ? args[0][0] : args[0];
    if (options !== null && typeof options === 'object' && options.path === undefined)
      options.localAddress ??= LEAVE_FROM;
    return connect.apply(this, args);
  };
