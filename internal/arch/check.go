package arch

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// violation is one thing that the house does not allow.
type violation struct {
	file string
	line int
	what string
}

// String returns "file:line: what".
func (v violation) String() string { return fmt.Sprintf("%s:%d: %s", v.file, v.line, v.what) }

// rules are the walls. Rooms are folders from the module's root; a room's name
// in a list stands for its whole tree.
type rules struct {
	edges     map[string][]string // room -> rooms it may import
	testEdges map[string][]string // what its tests may import besides; "*": all rooms' tests
	doors     map[string][]string // library (path prefix) -> the rooms that may import it
	testDoors map[string][]string // rooms whose tests may import it besides
	calls     []callRule
	cgo       []string // rooms that may use C, in files behind the build tag cgoTag
}

// callRule allows some functions of a package only in some rooms; tests may.
type callRule struct {
	pkg   string
	names []string
	rooms []string
}

// check returns what the files of a module do against the rules, in file order.
func (r *rules) check(module string, files []*file) []violation {
	var found []violation
	add := func(f *file, line int, format string, args ...any) {
		found = append(found, violation{f.name, line, fmt.Sprintf(format, args...)})
	}
	for _, f := range files {
		r.checkImports(module, f, add)
		if !f.test {
			r.checkCalls(f, add)
			checkCode(f, add)
		}
	}
	checkPackages(files, add)
	checkPackageVars(files, add)
	slices.SortStableFunc(found, func(a, b violation) int {
		if c := strings.Compare(a.file, b.file); c != 0 {
			return c
		}
		return a.line - b.line
	})
	return found
}

type report func(f *file, line int, format string, args ...any)

func (r *rules) checkImports(module string, f *file, add report) {
	for _, i := range f.imports() {
		target, inside := strings.CutPrefix(i.path, module+"/")
		switch {
		case i.path == module || inside:
			r.checkEdge(f, target, i.line, add)
		case i.path == "C":
			if !within(f.room, r.cgo) || !f.builtOnlyWith(cgoTag) {
				add(f, i.line, "cgo is not used: the program is one static binary")
			}
		default:
			r.checkDoor(f, i, add)
		}
	}
}

func (r *rules) checkEdge(f *file, target string, line int, add report) {
	allowed, ok := lookup(r.edges, f.room)
	if !ok {
		add(f, line, "edge %s -> %s: no room holds %s; give it one in internal/arch/house.go", f.room, target, f.room)
		return
	}
	if within(target, allowed) {
		return
	}
	if f.test {
		more, _ := lookup(r.testEdges, f.room)
		if target == f.room || within(target, more) || within(target, r.testEdges["*"]) {
			return
		}
		add(f, line, "edge of a test %s -> %s is not allowed", f.room, target)
		return
	}
	add(f, line, "edge %s -> %s is not allowed", f.room, target)
}

func (r *rules) checkDoor(f *file, i imported, add report) {
	rooms, ok := lookup(r.doors, i.path)
	if !ok || within(f.room, rooms) {
		return
	}
	if more, ok := lookup(r.testDoors, i.path); f.test && ok && within(f.room, more) {
		return
	}
	if len(rooms) == 0 {
		add(f, i.line, "%s imports %s, which no room does", f.room, i.path)
		return
	}
	add(f, i.line, "%s imports %s, whose door is %s", f.room, i.path, strings.Join(rooms, ", "))
}

// lookup returns the entry of a path or of the nearest folder above it.
func lookup(m map[string][]string, name string) ([]string, bool) {
	for ; name != "." && name != "/"; name = path.Dir(name) {
		if list, ok := m[name]; ok {
			return list, true
		}
	}
	return nil, false
}

// within reports whether a folder is one of rooms, or lies in one; "*" is all.
func within(folder string, rooms []string) bool {
	return slices.ContainsFunc(rooms, func(room string) bool {
		return room == "*" || folder == room || strings.HasPrefix(folder, room+"/")
	})
}
