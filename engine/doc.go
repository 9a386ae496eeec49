// Package engine is one opened data set: the only writer, and the door to the
// views that readers use.
//
// A commit goes: the writer's goroutine runs the caller's function on the
// newest state, numbers and measures what it returns, asks the guards, writes
// one record to the store (several waiting commits share one fsync), builds the
// next View with everything derived in it, tells the hooks, publishes the View
// by one atomic pointer, and only then answers the caller. Readers load that
// pointer and never lock; what they hold never changes.
//
// Must never be true: a reader sees part of a commit; a caller is answered
// before the commit is on disk; a View that shows a commit is published before
// caches know what it touched.
package engine
