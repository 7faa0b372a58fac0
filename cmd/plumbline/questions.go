package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"plumbline/internal/pipeline"
	"plumbline/internal/report"
	"plumbline/internal/tree"
	"plumbline/inventory"
	"plumbline/render"
)

// closer looks at a device that was named: who it proves to be, how changes would be tried
// there, and which questions of its platform it answers. It reports whether something that
// its health is judged by is not answered.
func (e *env) closer(ctx context.Context, b *pipeline.Build, w warm, name string, s *report.Section) (bad bool) {
	d := b.Device(name)
	p := b.On(d)
	var kinds []string
	for _, k := range pipeline.Pins(d) {
		kind, _, _ := strings.Cut(k, " ")
		kind, _, _ = strings.Cut(kind, ":")
		kinds = append(kinds, kind)
	}
	s.Notes = append(s.Notes, "identity: it proved what is pinned ("+strings.Join(kinds, ", ")+")", styled(p, d))
	r, t, err := w.last(name)
	if err != nil {
		s.Notes = append(s.Notes, "questions: "+err.Error())
		return true
	}
	if note, locked := seen(b.Network().Device(name), t); note != "" {
		s.Notes, bad = append(s.Notes, note), locked
	}
	s.Notes = append(s.Notes, claims(ctx, w.first, name, true)...)
	known := p.Session.Read
	switch driver(p, d) {
	case "gnmi":
		known = p.Session.Models.Read
	case "netconf":
		known = p.Session.Netconf.Read
	}
	asks := slices.DeleteFunc(slices.Sorted(maps.Keys(known)), func(q string) bool { return strings.Contains(p.Session.Read[q], "<") }) // those with words to fill in
	facts, err := r.Probe(ctx, t, asks...)
	if err != nil {
		s.Notes = append(s.Notes, "questions: "+err.Error())
		return true
	}
	for _, f := range facts {
		if f.Ask == p.Clock.Ask && f.Err == nil {
			s.Notes = append(s.Notes, apart(p.Clock, f.Text, time.Now()))
		}
	}
	var good []string
	for _, f := range facts {
		ask, vital := p.Health[f.Ask]
		switch {
		case isOff(ask, f, facts):
			good = append(good, f.Ask+" (off)")
		case f.Err == nil && f.Ask == "version":
			good = append(good, f.Ask+" ("+firstLine(f.Text)+")")
		case f.Err == nil:
			good = append(good, f.Ask)
		default:
			s.Notes = append(s.Notes, fmt.Sprintf("question %s: %v", f.Ask, f.Err))
			bad = bad || vital
		}
	}
	if len(good) > 0 {
		s.Notes = append(s.Notes, "questions that it answers: "+strings.Join(good, ", "))
	}
	if bad {
		s.Notes = append(s.Notes, "next: health is judged by what is not answered; compare read in platform.yaml with this version of the device, and what the read user may ask")
	}
	return bad
}

// styled tells how a change would be tried on a platform.
func styled(p render.Platform, d *inventory.Device) string {
	if err := unwritten(p, d); err != nil {
		return "changes: none; " + err.Error()
	}
	out := "changes: " + p.Style
	if c := p.Session.Commit; len(c.Apply) > 0 {
		out += fmt.Sprintf(", by a clock of the device, from %v to %v", c.Least, c.Most)
	}
	if p.Support == "render" {
		out += "; no device of a vendor was asked yet, so the platform counts as rendered only"
	}
	return out
}

// firstLine gives the first line of an answer that says something.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) > 1 && !strings.HasSuffix(line, "{") && !strings.HasSuffix(line, "[") { // of JSON, no opening
			return line[:min(len(line), 80)]
		}
	}
	return "nothing"
}

// share tells how much of a text the rules of the platform know, in percent.
func share(c tree.Coverage) string {
	all := c.Managed + c.Unmanaged
	if all == 0 {
		return ""
	}
	return fmt.Sprintf("; the rules know %.1f %%", 100*float64(all-c.Unruled)/float64(all))
}

// apart tells how far the clock of a device is from ours: who changed what and when is told
// by it, and whether a certificate holds.
func apart(c render.Clock, answer string, now time.Time) string {
	const set = "; set it by NTP, and to UTC"
	at, known := c.Read(answer)
	off := at.Sub(now).Round(time.Second)
	switch {
	case !known:
		return "clock: its answer is not understood, or not in UTC" + set
	case off > time.Minute:
		return fmt.Sprintf("clock: %v ahead of ours", off) + set
	case off < -time.Minute:
		return fmt.Sprintf("clock: %v behind ours", -off) + set
	}
	return "clock: that of this machine, within a minute"
}
