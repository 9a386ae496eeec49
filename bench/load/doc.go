// Package load puts a seeded load on a server over HTTP and says how it
// answered: tiles, overlaps, point look-ups, edits; and it times what a whole
// program does: opening, importing.
//
// The load is open: requests are due at fixed moments (Arrivals), whatever the
// server does, and a request's latency runs from the moment it was due to the
// last byte of its answer. A server that stalls is charged for everybody who
// waited meanwhile, not only for the one request that it held (the error of
// leaving them out is known as coordinated omission). With Options.Max the load
// is closed instead: each connection sends when its last answer has come. That
// finds the throughput; its latencies say little, and the report says which of
// the two it was.
//
// Before anything is timed, a sample of the requests is sent and the answers are
// checked: overlaps against areas that this process makes by another way (the
// sweep, not the pair sum) from features that it fetches; look-ups against
// geom.Locate; tiles by the rules of MVT 2.1 and by counting, for what is in a
// tile must be all that lies there. A wrong answer is a *WrongError, and there
// is no report.
//
// The other server may be any: see Target.
package load
