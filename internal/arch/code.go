package arch

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// checkCalls looks for calls of functions outside the rooms that may.
func (r *rules) checkCalls(f *file, add report) {
	names := map[string]string{} // name in the file -> import path
	for _, i := range f.imports() {
		names[i.name] = i.path
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok || x.Obj != nil {
			return true
		}
		for _, rule := range r.calls {
			if names[x.Name] == rule.pkg && slices.Contains(rule.names, sel.Sel.Name) && !within(f.room, rule.rooms) {
				add(f, f.line(sel), "%s.%s in %s: only in %s", rule.pkg, sel.Sel.Name, f.room, strings.Join(rule.rooms, ", "))
			}
		}
		return true
	})
}

// checkCode looks for what no file has: init functions, the print builtins, and
// exported names without a comment.
func checkCode(f *file, add report) {
	for _, d := range f.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "init" {
				add(f, f.line(d), "func init: nothing happens by being imported")
			}
			if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) && !ast.IsGenerated(f.ast) {
				add(f, f.line(d), "exported %s has no comment", d.Name.Name)
			}
		case *ast.GenDecl:
			if !ast.IsGenerated(f.ast) {
				checkComments(f, d, add)
			}
		}
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if x, ok := call.Fun.(*ast.Ident); ok && x.Obj == nil && (x.Name == "println" || x.Name == "print") {
				add(f, f.line(call), "the builtin %s is for debugging", x.Name)
			}
		}
		return true
	})
}

// exportedReceiver reports whether a function has no receiver or one of an
// exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

// checkComments looks at the names that a declaration declares; a comment on
// the group counts for all of it.
func checkComments(f *file, d *ast.GenDecl, add report) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && s.Doc == nil && d.Doc == nil {
				add(f, f.line(s), "exported %s has no comment", s.Name.Name)
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if name.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
					add(f, f.line(name), "exported %s has no comment", name.Name)
				}
			}
		}
	}
}

// checkPackages looks at each package as a whole: its name and its comment.
func checkPackages(files []*file, add report) {
	vague := []string{"util", "utils", "common", "helper", "helpers", "misc"}
	first := map[string]*file{}
	documented := map[string]bool{}
	for _, f := range files {
		if f.test {
			continue
		}
		if first[f.room] == nil {
			first[f.room] = f
			if slices.Contains(vague, f.ast.Name.Name) {
				add(f, f.line(f.ast.Name), "package %s: the name says nothing", f.ast.Name.Name)
			}
		}
		documented[f.room] = documented[f.room] || f.ast.Doc != nil
	}
	for room, f := range first {
		if !documented[room] {
			add(f, 1, "package %s has no comment", f.ast.Name.Name)
		}
	}
}

// checkPackageVars looks for functions that assign to variables of their
// package (or to their fields and elements).
func checkPackageVars(files []*file, add report) {
	vars := map[string]map[string]bool{}
	specs := map[any]bool{}
	for _, f := range files {
		if f.test {
			continue
		}
		for _, d := range f.ast.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				specs[s] = true
				for _, name := range s.(*ast.ValueSpec).Names {
					if vars[f.room] == nil {
						vars[f.room] = map[string]bool{}
					}
					vars[f.room][name.Name] = true
				}
			}
		}
	}
	for _, f := range files {
		if f.test {
			continue
		}
		eachAssigned(f.ast, func(x ast.Expr) {
			// A name that this file does not declare, or declares at its top.
			id, ok := root(x).(*ast.Ident)
			if ok && id.Name != "_" && vars[f.room][id.Name] && (id.Obj == nil || specs[id.Obj.Decl]) {
				add(f, f.line(id), "package variable %s is changed", id.Name)
			}
		})
	}
}

// eachAssigned visits the expressions that statements assign to.
func eachAssigned(tree ast.Node, visit func(ast.Expr)) {
	ast.Inspect(tree, func(n ast.Node) bool {
		switch s := n.(type) {
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				for _, x := range s.Lhs {
					visit(x)
				}
			}
		case *ast.IncDecStmt:
			visit(s.X)
		case *ast.RangeStmt:
			if s.Tok == token.ASSIGN {
				visit(s.Key)
				visit(s.Value)
			}
		}
		return true
	})
}

// root returns what stands at the beginning of a.b[c].d.
func root(x ast.Expr) ast.Expr {
	for {
		switch e := x.(type) {
		case *ast.SelectorExpr:
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		case *ast.ParenExpr:
			x = e.X
		case *ast.StarExpr:
			x = e.X
		default:
			return x
		}
	}
}
