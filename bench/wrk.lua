-- The requests of a file, in turn; what they cost, as one line of JSON.

local requests, turn = {}, 0

function init(arguments)
   local file = io.open(arguments[1], "rb")
   local text = file:read("*a")
   file:close()
   for head in text:gmatch("(.-\r\n)\r\n") do
      requests[#requests + 1] = head .. "\r\n"
   end
end

function request()
   turn = turn % #requests + 1
   return requests[turn]
end

function done(summary, latency)
   local errors = summary.errors
   local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
   io.write(string.format('{"requests": %d, "microseconds": %d, "p99": %d, "failed": %d}\n',
      summary.requests, summary.duration, latency:percentile(99), failed))
end
