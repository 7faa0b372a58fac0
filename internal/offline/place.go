package offline

import (
	"bytes"
	"fmt"
	"strings"

	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// places says where in both texts the lines stand that a note is about: used is what was compared,
// given as they were given. A line that stands elsewhere does so in both.
func places(d *dialect.Dialect, given [2][]byte, used [2]*tree.Tree, n tree.Note) string {
	var out []string
	for i, no := range []int{n.Live, n.Line} {
		if no == 0 && n.Twice {
			continue
		}
		side := strings.TrimSuffix(sides[i], ":")
		if at := place(d, given[i], []byte(tree.Source(used[i])), no); at > 0 {
			side = fmt.Sprintf("%s:%d", side, at)
		}
		out = append(out, side)
	}
	return strings.Join(out, ", ")
}

// place gives the line of a text as it was given for one of the same text in the form in which it is
// compared; 0 where it has none.
func place(d *dialect.Dialect, given, used []byte, no int) (at int) {
	if bytes.Equal(given, used) {
		return no
	}
	path := ""
	each(d, used, func(p string, n int) {
		if n == no {
			path = p
		}
	})
	each(d, given, func(p string, n int) {
		if p == path {
			at = n
		}
	})
	return at
}

// each visits the lines of a text, in blocks or in whole paths, by their whole paths.
func each(d *dialect.Dialect, text []byte, f func(path string, no int)) {
	no, whole := 0, false
	for line := range strings.Lines(string(text)) {
		no++
		if line = bare(line); !paths(d, line) {
			continue
		}
		_, path, _ := strings.Cut(line, " ")
		head, list, listed := strings.Cut(path, " [ ")
		if whole = true; !listed {
			f(path, no)
			continue
		}
		for _, v := range dialect.Words(strings.TrimSuffix(list, " ]")) {
			f(head+" "+v, no)
		}
	}
	if whole {
		return
	}
	var path []string
	dialect.Each(d, string(text), func(l dialect.Line) {
		path = append(path[:min(l.Depth, len(path))], l.Text)
		f(strings.Join(path, " "), l.No)
	})
}
