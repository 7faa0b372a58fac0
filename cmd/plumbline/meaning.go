package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"plumbline/internal/network"
	"plumbline/internal/report"
)

// mostFacts is how many facts are shown of one device: more is told by number.
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
	was, tree, ds, err := e.resolved(from)
	if err == nil && ds.Failed() {
		return errors.Join(e.say(format, report.Page{Title: from + " does not resolve", Diags: ds, Source: quoting(tree)}), errFindings)
	}
	if err != nil {
		return err
	}
	is, tree, ds, err := e.resolved(to)
	if err != nil {
		return err
	}
	p := report.Page{Diags: ds, Source: quoting(tree)}
	if ds.Failed() {
		return errors.Join(e.say(format, p), errFindings)
	}
	changed := changes(&p, network.Diff(was, is))
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

// changes adds to a page what changes in meaning; devices that change alike are told once.
func changes(p *report.Page, all []network.Change) bool {
	type told struct {
		devices []string
		section report.Section
	}
	var order []string
	alike := map[string]*told{}
	devices := 0
	for part := range chunks(all) {
		s := report.Section{State: "changed"}
		key := ""
		for _, c := range part {
			l := line(c)
			key += l.Op + l.Text + "\x00" + l.From.String() + "\x00"
			s.Lines = append(s.Lines, l)
		}
		if n := len(s.Lines); n > mostFacts {
			s.Lines, s.Notes = s.Lines[:mostFacts], []string{fmt.Sprintf("%d facts differ: the first %d are shown", n, mostFacts)}
		}
		devices++
		if alike[key] == nil {
			alike[key] = &told{section: s}
			order = append(order, key)
		}
		alike[key].devices = append(alike[key].devices, part[0].Device)
	}
	says := "No device is meant to be otherwise"
	if devices > 0 {
		says = fmt.Sprintf("%d devices are meant to be otherwise, in %d facts", devices, len(all))
	}
	if p.Title == "" {
		p.Title = says
	} else {
		p.Facts = append(p.Facts, report.Fact{Name: "change", Value: says})
	}
	for _, key := range order {
		t := alike[key]
		t.section.Head = strings.Join(t.devices, ", ")
		if n := len(t.devices); n > 1 {
			t.section.Head = fmt.Sprintf("%d devices: %s", n, t.section.Head)
		}
		p.Sections = append(p.Sections, t.section)
	}
	return devices > 0
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

func line(c network.Change) report.Line {
	switch {
	case c.Was == "":
		return report.Line{Op: "+", Text: c.Fact + ": " + c.Is, From: c.At}
	case c.Is == "":
		return report.Line{Op: "-", Text: c.Fact + ": " + c.Was, From: c.At}
	}
	return report.Line{Op: "~", Text: c.Fact + ": " + c.Was + " -> " + c.Is, From: c.At}
}
