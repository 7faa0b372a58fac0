package plumbline_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// programs are what the product may start, each with arguments and never by a shell.
var programs = []string{`"sops"`}

// TestNoShell holds the law: programs are named in the source, and none of them is a shell. What
// tests use (internal/lab) is no part of the product.
func TestNoShell(t *testing.T) {
	for room, parsed := range source(t) {
		if strings.HasPrefix(room, "internal/lab") {
			continue
		}
		for _, f := range parsed {
			ast.Inspect(f, func(n ast.Node) bool {
				if c, ok := n.(*ast.CallExpr); ok {
					if word, starts := started(c); starts && !slices.Contains(programs, word) {
						t.Errorf("%s: only %s may be started, by name", files.Position(c.Pos()), strings.Join(programs, ", "))
					}
				}
				return true
			})
		}
	}
}

// started gives the program of a call of os/exec, as it is written.
func started(c *ast.CallExpr) (word string, starts bool) {
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	if pkg, ok := s.X.(*ast.Ident); !ok || pkg.Name != "exec" || !strings.HasPrefix(s.Sel.Name, "Command") {
		return "", false
	}
	for _, a := range c.Args[:min(2, len(c.Args))] {
		if lit, ok := a.(*ast.BasicLit); ok {
			return lit.Value, true
		}
	}
	return "", true
}

// TestNothingListens holds the law: the product opens no port but for embedded devices, on the
// loopback alone. A socket that hears the echoes of its own pings has no port.
func TestNothingListens(t *testing.T) {
	for room, parsed := range source(t) {
		for _, f := range parsed {
			ast.Inspect(f, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if pkg, is := selected(s, ok); is && pkg == "icmp" && room == "internal/probe" {
					return true
				}
				if ok && strings.HasPrefix(s.Sel.Name, "Listen") && room != "internal/sim" && !strings.HasPrefix(room, "internal/lab") {
					t.Errorf("%s listens", files.Position(s.Pos()))
				}
				return true
			})
		}
	}
}

// selected gives the package that a name is selected from.
func selected(s *ast.SelectorExpr, ok bool) (pkg string, is bool) {
	if !ok {
		return "", false
	}
	id, is := s.X.(*ast.Ident)
	if !is {
		return "", false
	}
	return id.Name, true
}
