package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/pipeline"
	"plumbline/internal/report"
)

// mostFacts is how many facts are shown of one device: more are counted.
const mostFacts = 100

// meaning tells what a commit, or the working tree, changes in meaning since another: per
// device and fact, with the intent that caused it. No device is asked. more tells that a
// flag was given which is for devices.
func (e *env) meaning(span, format string, code, more bool) error {
	if more {
		return errors.New("a comparison of commits takes none of --head, --out, --page and --commands")
	}
	from, to, _ := strings.Cut(span, "..")
	if from == "" || strings.Contains(to, "..") || strings.HasPrefix(to, ".") {
		return fmt.Errorf("%q names no two commits: give A..B, or A.. for the working tree", span)
	}
	tree, err := e.files(from)
	if err != nil {
		return err
	}
	was, _, ds := beginning(tree)
	if ds.Failed() {
		return errors.Join(e.say(format, report.Page{Title: from + " does not resolve", Diags: ds, Source: quoting(tree)}), errFindings)
	}
	if tree, err = e.files(to); err != nil {
		return err
	}
	is, ds := pipeline.Resolve(tree)
	p := report.Page{Diags: ds, Source: quoting(tree)}
	if ds.Failed() {
		return errors.Join(e.say(format, p), errFindings)
	}
	changed := changes(&p, was, is)
	if err := e.say(format, p); err != nil {
		return err
	}
	if code && changed {
		return errDiffer
	}
	return nil
}

// quoting gives files of a tree to quote lines from.
func quoting(tree fs.FS) func(string) []byte {
	return func(file string) []byte {
		if at, err := fs.Stat(tree, file); err != nil || !at.Mode().IsRegular() { // a pipe would be waited for without end
			return nil
		}
		text, err := fs.ReadFile(tree, file)
		if err != nil {
			return nil
		}
		return text
	}
}

// changes adds to a page what two commits say otherwise, and what that means; devices that
// change alike are told once.
func changes(p *report.Page, was, is pipeline.Meant) bool {
	said, all := pipeline.Diff(was, is)
	sections, devices := alike(all)
	says := "No device is meant to be otherwise"
	if devices > 0 {
		says = fmt.Sprintf("%d devices are meant to be otherwise, in %d facts", devices, len(all))
	}
	if len(said) > 0 {
		says += fmt.Sprintf("; %d values are written otherwise", len(said))
		s := report.Section{Head: "intent", State: "changed"}
		for _, c := range said {
			s.Lines = append(s.Lines, line(c.Object+": "+c.Field, c.Was, c.Is, c.At))
		}
		p.Sections = append(p.Sections, cut(s))
	}
	if p.Title == "" {
		p.Title = says
	} else {
		p.Facts = append(p.Facts, report.Fact{Name: "change", Value: says})
	}
	p.Sections = append(p.Sections, sections...)
	return devices > 0 || len(said) > 0
}

// cut shows the first lines of a long section, and says so.
func cut(s report.Section) report.Section {
	if n := len(s.Lines); n > mostFacts {
		s.Lines, s.Notes = s.Lines[:mostFacts], []string{fmt.Sprintf("%d differ: the first %d are shown", n, mostFacts)}
	}
	return s
}

// alike tells each device, and those that change alike once.
func alike(all []network.Change) (out []report.Section, devices int) {
	at := map[string]int{}
	names := map[int][]string{}
	for part := range chunks(all) {
		s := report.Section{State: "changed"}
		key := ""
		for _, c := range part {
			l := line(c.Fact, c.Was, c.Is, c.At)
			key += l.Op + l.Text + "\x00" + l.From.String() + "\x00"
			s.Lines = append(s.Lines, l)
		}
		devices++
		i, known := at[key]
		if !known {
			i = len(out)
			at[key], out = i, append(out, cut(s))
		}
		names[i] = append(names[i], part[0].Device)
	}
	for i := range out {
		out[i].Head = strings.Join(names[i], ", ")
		if n := len(names[i]); n > 1 {
			out[i].Head = fmt.Sprintf("%d devices: %s", n, out[i].Head)
		}
	}
	return out, devices
}

// chunks cuts changes into those of one device each.
func chunks(all []network.Change) func(func([]network.Change) bool) {
	return func(yield func([]network.Change) bool) {
		for len(all) > 0 {
			n := slices.IndexFunc(all, func(c network.Change) bool { return c.Device != all[0].Device })
			if n < 0 {
				n = len(all)
			}
			if !yield(all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

func line(what, was, is string, at diag.Pos) report.Line {
	switch {
	case was == "":
		return report.Line{Op: "+", Text: what + ": " + is, From: at}
	case is == "":
		return report.Line{Op: "-", Text: what + ": " + was, From: at}
	}
	return report.Line{Op: "~", Text: what + ": " + was + " -> " + is, From: at}
}
