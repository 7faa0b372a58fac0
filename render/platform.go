package render

import (
	"io/fs"
	"slices"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/strict"
	"plumbline/internal/tree/dialect"
)

// Platform is what a platform's folder says of it: how it is reached, how it writes, and
// what of the facts is not its to say.
type Platform struct {
	Name, Title string
	Aliases     []string // other names that people give it
	Support     string   // the level that the folder aims at: push, render
	Driver      string   // the usual one
	Drivers     []string // all that reach it
	Style       string   // the sequence of primitives that push uses: guard
	Lockout     string   // whether a change can cut management off
	Dialect     *dialect.Dialect
	Session     drivers.Session
	HostManaged []string         // facts that the host below manages; they are not rendered
	Requires    []Requirement    // what must be so before anything is pushed
	Evidence    []Evidence       // what was shown of it
	Health      map[string]Vital // questions whose answers tell how a device is doing
	Log         Log              // how its log is read
	Load        []Load           // how it is read how much of it is used
	Clock       Clock            // how it tells what time it is
}

// Requirement is what doctor and plan ask a device for.
type Requirement struct {
	Ask  string `yaml:"ask"`
	Want string `yaml:"want"`
	Fix  string `yaml:"fix"`
}

// file is platform.yaml.
type file struct {
	Platform    string        `yaml:"platform"`
	Title       string        `yaml:"title"`
	Aliases     []string      `yaml:"aliases,optional"`
	Support     string        `yaml:"support"`
	Drivers     []string      `yaml:"drivers"`
	Style       string        `yaml:"style"`
	Lockout     string        `yaml:"lockout"`
	Session     *session      `yaml:"session,optional"` // without it there is no command line
	Models      *models       `yaml:"gnmi,optional"`
	Netconf     *netconf      `yaml:"netconf,optional"`
	Commit      *commit       `yaml:"commit,optional"`
	HostManaged []string      `yaml:"host_managed,optional"`
	Requires    []Requirement `yaml:"requires,optional"`
	Read        []question    `yaml:"read,optional"`
	Health      []vital       `yaml:"health,optional"`
	Log         *log          `yaml:"log,optional"`
	Load        []load        `yaml:"load,optional"`
	Clock       *clock        `yaml:"clock,optional"`
	Evidence    []Evidence    `yaml:"evidence,optional"`
}

type session struct {
	Exec     string   `yaml:"exec"`
	Config   string   `yaml:"config"`
	Open     []string `yaml:"open"`
	Enter    string   `yaml:"enter"`
	Leave    string   `yaml:"leave"`
	Fetch    string   `yaml:"fetch"`
	End      string   `yaml:"end"`
	Errors   []string `yaml:"errors"`
	Save     string   `yaml:"save"`
	Saved    string   `yaml:"saved"`
	Volatile []string `yaml:"volatile,optional"`
	Notes    []string `yaml:"notes,optional"`
	Around   []string `yaml:"broadcast,optional"`
	Text     []string `yaml:"text,optional"`
	Paths    *paths   `yaml:"paths,optional"`
}

// paths is how the command line says a change that is written in paths.
type paths struct {
	Update string `yaml:"update"`
	Delete string `yaml:"delete"`
}

// question is one word of the vocabulary of a reader.
type question struct {
	Name string `yaml:"name"`
	Ask  string `yaml:"ask"`
}

// Read gives what platform.yaml and dialect.rules of a platform say.
func Read(platforms fs.FS, name string) (Platform, diag.List) {
	var f file
	src := strict.NewSource()
	yaml := name + "/platform.yaml"
	ds := src.Read(platforms, yaml, &f)
	if ds.Failed() {
		return Platform{Name: name}, ds
	}
	if f.Platform != name {
		ds.Failf(src.At(&f.Platform), "platform/name", "the folder is %q and says that it is %q", name, f.Platform)
	}
	if len(f.Drivers) == 0 {
		ds.Failf(src.At(&f.Drivers), "platform/driver", "a platform needs a driver")
		return Platform{Name: name}, ds
	}
	p := Platform{
		Name: name, Title: f.Title, Aliases: f.Aliases, Support: f.Support, Driver: f.Drivers[0], Drivers: f.Drivers,
		Style: f.Style, Lockout: f.Lockout, HostManaged: f.HostManaged, Requires: f.Requires, Evidence: f.Evidence, Health: map[string]Vital{},
	}
	f.spoken(src, &ds)
	p.Session = f.Session.session(f.Read)
	p.Session.Commit = f.Commit.facts(src, &ds)
	for i := range f.Health {
		v := &f.Health[i]
		if _, known := p.Session.Read[v.Ask]; !known {
			ds.Failf(src.At(&v.Ask), "platform/health", "health asks %q, which read does not know", v.Ask)
		}
		if v.Off != nil {
			if _, known := p.Session.Read[v.Off.Ask]; !known || v.Off.Like == "" {
				ds.Failf(src.At(&v.Off.Ask), "platform/health", "what tells that it is off is a question of read, and like is a pattern")
			}
		}
		p.Health[v.Ask] = v.facts(src, &ds)
	}
	f.completed(p, src, &ds)
	f.signs(&p, src, &ds)
	p.Session.Models = f.Models.facts(&p, src, &ds)
	p.Session.Netconf = f.Netconf.facts(&p, src, &ds)
	f.reached(src, &ds)
	if p.Dialect = language(platforms, name, &ds); f.Commit != nil && p.Dialect.Syntax == "path" && f.Session.Paths == nil {
		ds.Failf(src.At(&f.Commit), "platform/commit", "changes of this platform are written in paths: say in session.paths how its command line says them")
	}
	p.Clock = f.Clock.facts(&p, src, &ds)
	f.evident(src, &ds)
	if len(p.Session.Models.Paths) > 0 {
		p.Session.Models.Leaves = leaves(p.Dialect)
	}
	p.Dialect.Join(slices.Clone(f.Session.Volatile), f.Session.End)
	return p, ds
}

// reached holds that a driver which a platform names has the block that it reads by.
func (f *file) reached(src *strict.Source, ds *diag.List) {
	for i := range f.Drivers {
		if d := f.Drivers[i]; d == "gnmi" && f.Models == nil || d == "netconf" && f.Netconf == nil {
			ds.Failf(src.At(&f.Drivers[i]), "platform/driver", "nothing says what is asked for by %s: give the block %s, or leave it out of drivers", d, d)
		}
	}
}

// spoken sees that a device is spoken with in some way. One without a command line is asked what
// it is asked over gNMI.
func (f *file) spoken(src *strict.Source, ds *diag.List) {
	switch {
	case f.Session != nil && len(f.Read) == 0:
		ds.Failf(src.At(&f.Session), "platform/session", "no question is read: name them under read")
	case f.Session != nil:
	case f.Models == nil || len(f.Read) > 0 || !slices.Equal(f.Drivers, []string{"gnmi"}):
		ds.Failf(src.At(&f.Drivers), "platform/session", "without session only gNMI is left: name gnmi as the only driver, and the questions under gnmi.read alone")
		f.Session = new(session)
	default:
		f.Session, f.Read = new(session), f.Models.questions()
	}
}

func (s *session) session(read []question) drivers.Session {
	out := drivers.Session{
		Exec: s.Exec, Config: s.Config, Open: s.Open, Enter: s.Enter, Leave: s.Leave, Fetch: s.Fetch,
		End: s.End, Errors: s.Errors, Save: s.Save, Saved: s.Saved, Notes: s.Notes, Around: s.Around, Text: s.Text,
		Moving: s.Volatile, Read: map[string]string{},
	}
	if s.Paths != nil {
		out.Paths = drivers.Paths(*s.Paths)
	}
	for _, q := range read {
		out.Read[q.Name] = q.Ask
	}
	return out
}

// language reads dialect.rules; what is wrong with it stops the platform.
func language(platforms fs.FS, name string, ds *diag.List) *dialect.Dialect {
	rules := name + "/dialect.rules"
	text, err := fs.ReadFile(platforms, rules)
	if err != nil {
		ds.Failf(diag.Pos{File: rules, Line: 1, Col: 1}, "file/unreadable", "cannot read the rules of the platform")
		return new(dialect.Dialect)
	}
	d, problems := dialect.Read(name, text)
	for _, p := range problems {
		ds.Failf(diag.Pos{File: rules, Line: p.Line, Col: max(p.Col, 1)}, "platform/rules", "%s", p.Text)
	}
	if d == nil {
		d = new(dialect.Dialect)
	}
	return d
}
