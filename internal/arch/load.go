package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// file is one parsed Go file of the module.
type file struct {
	name string // slash path from the module's root
	room string // folder from the module's root, "" for the root
	test bool
	ast  *ast.File
	fset *token.FileSet
}

// imported is one import of a file.
type imported struct {
	path string
	name string // the name it goes by in the file
	line int
}

func (f *file) line(n ast.Node) int { return f.fset.Position(n.Pos()).Line }

// cgoTag is the build tag without which no file may use C.
const cgoTag = "geos"

// builtOnlyWith says that the file's build constraint is just one tag.
func (f *file) builtOnlyWith(tag string) bool {
	for _, group := range f.ast.Comments {
		for _, c := range group.List {
			if c.Pos() < f.ast.Package && c.Text == "//go:build "+tag {
				return true
			}
		}
	}
	return false
}

func (f *file) imports() []imported {
	var list []imported
	for _, s := range f.ast.Imports {
		p, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			continue // the parser has checked it
		}
		i := imported{path: p, name: path.Base(p), line: f.line(s)}
		if s.Name != nil {
			i.name = s.Name.Name
		}
		list = append(list, i)
	}
	return list
}

// load parses the Go files of the module at the root of fsys and returns the
// module's path. Folders named testdata, hidden ones and modules of their own
// are not part of it.
func load(fsys fs.FS) (module string, files []*file, err error) {
	mod, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return "", nil, err
	}
	first, _, _ := strings.Cut(string(mod), "\n")
	module = strings.TrimSpace(strings.TrimPrefix(first, "module "))
	fset := token.NewFileSet()
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipFolder(fsys, name, d)
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(fset, name, src, parser.ParseComments)
		if err != nil {
			return fmt.Errorf("parse %s: %w", name, err)
		}
		room := path.Dir(name)
		if room == "." {
			room = ""
		}
		files = append(files, &file{name: name, room: room, test: strings.HasSuffix(name, "_test.go"), ast: tree, fset: fset})
		return nil
	})
	return module, files, err
}

func skipFolder(fsys fs.FS, name string, d fs.DirEntry) error {
	if name == "." {
		return nil
	}
	base := d.Name()
	if base == "testdata" || base == "node_modules" || base[0] == '.' || base[0] == '_' {
		return fs.SkipDir
	}
	if _, err := fs.Stat(fsys, path.Join(name, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}
