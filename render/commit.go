package render

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// commit is what platform.yaml says of changes on trial.
type commit struct {
	Unit      span      `yaml:"unit"`
	Range     []span    `yaml:"range"`
	Session   holding   `yaml:"session"`
	Pending   pending   `yaml:"pending"`
	Startup   *sameness `yaml:"startup,optional"`
	Candidate *sameness `yaml:"candidate,optional"`
	Steps     steps     `yaml:"steps"`
}

// holding is which sessions may end a trial.
type holding string

// Values lists them.
func (holding) Values() []string { return []string{"free", "held", "bound"} }

type pending struct {
	Asks    []string `yaml:"asks"`
	Ours    string   `yaml:"ours"`
	Foreign string   `yaml:"foreign,optional"` // none: the device does not tell of trials of others
	None    string   `yaml:"none"`
	Used    string   `yaml:"used,optional"`
}

type sameness struct {
	Ask  string `yaml:"ask"`
	Same string `yaml:"same"`
}

type steps struct {
	Lock    []step `yaml:"lock,optional"`
	Stage   []step `yaml:"stage,optional"`
	Check   []step `yaml:"check,optional"`
	Arm     []step `yaml:"arm,optional"`
	Apply   []step `yaml:"apply"`
	Confirm []step `yaml:"confirm"`
	Cancel  []step `yaml:"cancel"`
	Discard []step `yaml:"discard"`
}

type step struct {
	Send string `yaml:"send"`
	Want string `yaml:"want,optional"`
}

// span is a length of time as people write it: 30s, 10m, 24h.
type span time.Duration

// UnmarshalText reads it.
func (s *span) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil || d <= 0 {
		return &strict.Fault{ID: "schema/type", Text: "want a length of time such as 30s, 10m or 24h"}
	}
	*s = span(d)
	return nil
}

// facts gives what a writer needs; a pattern that cannot be read stops the platform.
func (c *commit) facts(src *strict.Source, ds *diag.List) drivers.Commit {
	if c == nil {
		return drivers.Commit{}
	}
	out := drivers.Commit{
		Unit: time.Duration(c.Unit), Session: string(c.Session),
		Pending: drivers.Pending{Asks: c.Pending.Asks, Ours: c.Pending.Ours, Foreign: c.Pending.Foreign, None: c.Pending.None, Used: c.Pending.Used},
		Lock:    lines(c.Steps.Lock), Stage: lines(c.Steps.Stage), Check: lines(c.Steps.Check), Arm: lines(c.Steps.Arm),
		Apply: lines(c.Steps.Apply), Confirm: lines(c.Steps.Confirm), Cancel: lines(c.Steps.Cancel), Discard: lines(c.Steps.Discard),
	}
	if len(c.Range) != 2 || c.Range[0] > c.Range[1] {
		ds.Failf(src.At(&c.Range), "platform/commit", "range holds the shortest and the longest trial")
	} else {
		out.Least, out.Most = time.Duration(c.Range[0]), time.Duration(c.Range[1])
	}
	patterns := []*string{&c.Pending.Ours, &c.Pending.Foreign, &c.Pending.None, &c.Pending.Used}
	if c.Startup != nil {
		out.Startup, patterns = drivers.Sameness(*c.Startup), append(patterns, &c.Startup.Same)
	}
	if c.Candidate != nil {
		out.Candidate, patterns = drivers.Sameness(*c.Candidate), append(patterns, &c.Candidate.Same)
	}
	for _, p := range patterns {
		if _, err := regexp.Compile(strings.NewReplacer("<tag>", "tag", "<user>", "user").Replace(*p)); err != nil {
			ds.Failf(src.At(p), "platform/commit", "not a pattern: %v", err)
		}
	}
	if n := scripts(out); n != 1 {
		ds.Failf(src.At(&c.Steps), "platform/commit", "stage and apply send the <script> once, and these do it %d times", n)
	}
	return out
}

// scripts counts how often the lines of a change are sent.
func scripts(c drivers.Commit) (n int) {
	for _, s := range slices.Concat(c.Stage, c.Apply) {
		if strings.Contains(s.Send, "<script>") {
			n++
		}
	}
	return n
}

func lines(ss []step) (out []drivers.Step) {
	for _, s := range ss {
		out = append(out, drivers.Step(s))
	}
	return out
}
