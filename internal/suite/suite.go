// Package suite gives tests what the folder of a platform says of itself for them, so that a
// new platform joins every suite with its folder alone: templates/<platform>/testdata/suite.txt,
// and for each way that it is written to a case under drivers/drivertest/testdata/styles.
package suite

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// Answer is what a device says when it is asked for the time, and whether that is noon (the sixth of
// November 2026, 12:34:56 UTC) or nothing that can be taken for the time.
type Answer struct {
	Text string
	Noon bool
}

// Case is what a platform gives. Remarks, lines of a list that begin with #, are left out.
type Case struct {
	Platform         string
	Deterministic    []string // lines that make the choice between paths the same whatever came first
	Clock            []Answer // none: it is not asked
	Typed            []string // by somebody, on the device itself; none: the example network is not for it
	Old, More        []byte   // what a device holds, and what it is to hold besides
	head, many, tail string
}

// parts is every part of a suite.txt, in order.
var parts = []string{"deterministic", "clock", "typed", "old", "more", "head", "many", "tail"}

// Platforms gives the name of every platform folder.
func Platforms(t testing.TB) (out []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), "templates", "*", "platform.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no platform folders", err)
	}
	for _, f := range files {
		out = append(out, filepath.Base(filepath.Dir(f)))
	}
	return out
}

// Ways gives every way that devices are written to: a platform, and behind a slash the driver where
// that is not the usual one (junos/netconf).
func Ways(t testing.TB) (out []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), "drivers", "drivertest", "testdata", "styles", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no styles", err)
	}
	for _, f := range files {
		out = append(out, strings.Replace(strings.TrimSuffix(filepath.Base(f), ".txtar"), ".", "/", 1))
	}
	return out
}

// Of reads what one platform gives; a way stands for its platform.
func Of(t testing.TB, way string) Case {
	t.Helper()
	platform, _, _ := strings.Cut(way, "/")
	file := filepath.Join(root(t), "templates", platform, "testdata", "suite.txt")
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatalf("the tests of every platform need a file of it: %v", err)
	}
	part := map[string]string{}
	for i, f := range a.Files {
		if i >= len(parts) || f.Name != parts[i] {
			t.Fatalf("%s: part %q: a suite has the parts %v, each once and in this order", file, f.Name, parts)
		}
		part[f.Name] = string(f.Data)
	}
	if len(part) < len(parts) {
		t.Fatalf("%s: the part %q is missing", file, parts[len(part)])
	}
	c := Case{
		Platform: platform, Deterministic: lines(part["deterministic"]), Typed: lines(part["typed"]),
		Old: []byte(part["old"]), More: []byte(part["more"]), head: part["head"], many: part["many"], tail: part["tail"],
	}
	for _, name := range []string{"deterministic", "typed"} {
		if strings.TrimSpace(part[name]) == "" {
			t.Fatalf("%s: nothing is in %s: say why, in a line that begins with #", file, name)
		}
	}
	if part["old"] == "" || part["more"] == "" || !strings.Contains(part["many"], "<n>") {
		t.Fatalf("%s: old and more are lines, and many has <n> where it is counted", file)
	}
	for _, line := range lines(part["clock"]) {
		word, quoted, _ := strings.Cut(line, " ")
		text, err := strconv.Unquote(quoted)
		if err != nil || word != "noon" && word != "not" {
			t.Fatalf("%s: %s: want noon or not, and the answer in quotes", file, line)
		}
		c.Clock = append(c.Clock, Answer{text, word == "noon"})
	}
	return c
}

// Long is a configuration of so many bytes, or a little more, in which what there can be many of is counted.
func (c Case) Long(size int) []byte {
	b := []byte(c.head)
	for i := 1; len(b) < size; i++ {
		b = append(b, strings.ReplaceAll(c.many, "<n>", strconv.Itoa(i))...)
	}
	return append(b, c.tail...)
}

// Holds is what a device of a platform holds so that it can be reached at all; nil where that is nothing.
func Holds(t testing.TB, way string) []byte {
	t.Helper()
	platform, _, _ := strings.Cut(way, "/")
	text, err := os.ReadFile(filepath.Join(root(t), "templates", platform, "testdata", "holds"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return text
}

// lines are those of a list.
func lines(text string) (out []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

// root is the folder of the module.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, gone := os.Stat(filepath.Join(dir, "templates", "templates.go")); gone == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	t.Fatal("the folder templates is not above this one", err)
	return ""
}
