package render

import (
	"regexp"
	"strings"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// Clock is how a platform tells what time it is. Its zero value knows no question.
type Clock struct {
	Ask    string // the question
	like   *regexp.Regexp
	layout string // of what the groups of like catch, a blank between them, as package time writes layouts
}

type clock struct {
	Ask    string `yaml:"ask"`
	Like   string `yaml:"like"`
	Layout string `yaml:"layout"`
}

// facts checks that the question is known and that the layout reads what it writes.
func (c *clock) facts(p *Platform, src *strict.Source, ds *diag.List) Clock {
	if c == nil {
		return Clock{}
	}
	_, cli := p.Session.Read[c.Ask]
	_, models := p.Session.Models.Read[c.Ask]
	if !cli && !models {
		ds.Failf(src.At(&c.Ask), "platform/clock", "the clock is asked by %q, which read does not know", c.Ask)
	}
	like, err := regexp.Compile(c.Like)
	if err != nil || like.NumSubexp() == 0 {
		ds.Failf(src.At(&c.Like), "platform/clock", "want a pattern with a group around the time")
		return Clock{}
	}
	noon := time.Date(2026, 11, 24, 12, 34, 56, 0, time.UTC)
	if at, err := time.Parse(c.Layout, noon.Format(c.Layout)); err != nil || !at.Equal(noon) {
		ds.Failf(src.At(&c.Layout), "platform/clock", "the layout does not tell day and second: write it as package time of Go does")
	}
	return Clock{c.Ask, like, c.Layout}
}

// Read gives the time that an answer tells, in UTC; false where it is not understood, or told
// in another zone.
func (c Clock) Read(answer string) (time.Time, bool) {
	m := c.like.FindStringSubmatch(answer)
	if m == nil {
		return time.Time{}, false
	}
	at, err := time.Parse(c.layout, strings.Join(m[1:], " "))
	return at.UTC(), err == nil
}
