// Package guard is a test: figures that a change must not make worse without
// saying so. It has no code of its own.
//
// limits.txt holds them, each with its reason: allocations of an operation, bytes
// of a fixed set of tiles, bytes in memory, and the time of an operation over
// that of bench.Reference in the same run. None is an absolute time, so that a
// slow or busy machine does not fail, and every one can fail: a limit that is
// passed is either a mistake to mend or a line to change, with a reason, in the
// commit that passes it.
//
//	go test -v ./bench/guard     shows every figure beside its limit
package guard
