package render_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/internal/network"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// TestTemplateFaults puts faults into the templates of each platform, one at a time, where
// they say facts: a word that is another, a condition turned round, a value that is wrong or
// that of its neighbor, words that are missing. What is found in the text tells of each.
func TestTemplateFaults(t *testing.T) {
	wanted := 20
	if testing.Short() {
		wanted = 2
	}
	for i, v := range vendors(t) {
		t.Run(v.platform, func(t *testing.T) {
			c := newCourt(t, v)
			all := c.faults(t)
			r := rand.New(rand.NewPCG(20, uint64(i)))
			r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			tried := 0
			for _, f := range all {
				if changes, found := c.judge(f); !changes {
					continue
				} else if !found {
					t.Errorf("not found: %s:%d: %s", f.file, f.line, f.what)
				}
				if tried++; tried == wanted {
					return
				}
			}
			t.Errorf("only %d faults change what is rendered", tried)
		})
	}
}

// fault is a template with one thing wrong.
type fault struct {
	file, what string
	line       int
	text       []byte
}

// court judges faults by networks that nobody wrote.
type court struct {
	vendor
	net   *network.Network
	files fstest.MapFS
	sound []tree.Config
}

func newCourt(t *testing.T, v vendor) *court {
	t.Helper()
	c := &court{vendor: v, net: crowd(t, v, 30), files: fstest.MapFS{}}
	c.said = map[string][]string{} // one fault leaves nearly every line as it was
	entries, err := fs.ReadDir(templates.FS, v.platform)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := v.platform + "/" + e.Name(); !e.IsDir() {
			b, err := fs.ReadFile(templates.FS, name)
			if err != nil {
				t.Fatal(err)
			}
			c.files[name] = &fstest.MapFile{Data: b}
		}
	}
	c.sound, _ = render.All(c.net, templates.FS)
	return c
}

// judge tells whether a fault changes what is rendered, and whether that is found.
func (c *court) judge(f fault) (changes, found bool) {
	files := maps.Clone(c.files)
	files[f.file] = &fstest.MapFile{Data: f.text}
	cs, ds := render.All(c.net, files)
	for _, d := range ds {
		if d.Rule == "render/template" {
			return false, false // nobody could have kept it
		}
	}
	if ds.Failed() {
		return true, true
	}
	for i, one := range cs {
		if tree.Digest(one.Root) == tree.Digest(c.sound[i].Root) || slices.EqualFunc(bytes.Fields(one.Text), bytes.Fields(c.sound[i].Text), bytes.Equal) {
			continue // nothing but blanks
		}
		changes = true
		d := c.net.Devices[i]
		if len(c.differ(known(c.found(one), d), meant(d, c.names))) > 0 || unruled(one) {
			return true, true
		}
	}
	return changes, false
}

// unruled tells whether no rule knows some line, or one thing has two values: a plan says so.
func unruled(c tree.Config) bool {
	none, _ := tree.Parse(c.Dialect, "")
	es, notes, err := tree.Diff(none, c.Root, tree.Options{})
	return err != nil || slices.ContainsFunc(notes, func(n tree.Note) bool { return n.Twice }) || slices.ContainsFunc(es, func(e tree.Edit) bool { return e.Unruled })
}

// faults makes all faults at the lines of templates that say facts.
func (c *court) faults(t *testing.T) (out []fault) {
	t.Helper()
	says := c.speaking()
	for _, file := range slices.Sorted(maps.Keys(c.files)) {
		if path.Ext(file) != ".tmpl" {
			continue
		}
		lines := strings.SplitAfter(string(c.files[file].Data), "\n")
		for i, line := range lines {
			if !says[fmt.Sprintf("%s:%d", file, i+1)] {
				continue
			}
			for _, bad := range spoiled(line) {
				text := strings.Join(lines[:i], "") + bad + strings.Join(lines[i+1:], "")
				out = append(out, fault{file, strings.TrimSpace(bad), i + 1, []byte(text)})
			}
		}
	}
	return out
}

// speaking gives the lines of templates without which some fact would be missing.
func (c *court) speaking() map[string]bool {
	says := map[string]bool{}
	for i, one := range c.sound {
		lines := slices.Collect(bytes.Lines(one.Text))
		all := c.found(one)
		for _, o := range one.Origins {
			at := fmt.Sprintf("%s:%d", o.Template.File, o.Template.Line)
			if says[at] || i > 9 {
				continue
			}
			var less []byte
			for k, line := range lines {
				if one.Origins[k].Template != o.Template {
					less = append(less, line...)
				}
			}
			root, _ := tree.Parse(one.Dialect, less)
			says[at] = !maps.Equal(c.found(tree.Config{Dialect: one.Dialect, Root: root}), all)
		}
	}
	return says
}

var (
	words = [][2]string{{"permit", "deny"}, {"deny", "permit"}, {"ipv4", "ipv6"}, {"ipv6", "ipv4"}, {"inet6", "inet"}, {"import", "export"}, {"export", "import"}, {"accept", "reject"}, {" in\n", " out\n"}, {" out\n", " in\n"}, {" in'", " out'"}}
	asks  = regexp.MustCompile(`\{\{(else )?if ([^{}]+)\}\}`)
	holes = regexp.MustCompile(`\{\{(\$[a-z]+)?\.[A-Z][A-Za-z.]*\}\}`)
)

// spoiled gives a line of a template with one thing wrong.
func spoiled(line string) (out []string) {
	put := func(from, to int, text string) { out = append(out, line[:from]+text+line[to:]) }
	for _, w := range words {
		for at := 0; ; {
			i := strings.Index(line[at:], w[0])
			if i < 0 {
				break
			}
			put(at+i, at+i+len(w[0]), w[1])
			at += i + len(w[0])
		}
	}
	for _, m := range asks.FindAllStringSubmatchIndex(line, -1) {
		put(m[4], m[5], "not ("+line[m[4]:m[5]]+")")
	}
	all := holes.FindAllStringIndex(line, -1)
	for i, m := range all {
		put(m[0], m[1], "7")
		if i > 0 {
			put(m[0], m[1], line[all[i-1][0]:all[i-1][1]])
		}
	}
	return out
}
