// Package arch holds the walls of the house: which room may import which, which
// room is the one door to a library, and what no room does. Its test reads the
// module's source (with the parser only: no build, no network) and fails with
// file, line and edge. The allowed edges are in house.go; a test of the checker
// on a tree that breaks every rule keeps the checker from going blind.
package arch
