package gate

import (
	"embed"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/strict"
)

// Source is the files that say what policy.yaml holds: their comments say what fields mean.
//
//go:embed language.go forge.go
var Source embed.FS

// Policy is who must agree to what. It is read from the commit that a change was based
// on, never from the change.
type Policy struct {
	// A UUID of the repository, the same with and without a forge.
	Repo string `yaml:"repo"`
	// The protected branch.
	Branch string `yaml:"branch"`
	// Whether this network is for trying things out: spans of time may be shorter.
	Lab bool `yaml:"lab,optional"`
	// Who may have a say.
	People []Person `yaml:"people"`
	// Several people under one name.
	Groups []Group `yaml:"groups,optional"`
	// How many must agree to what.
	Approvals []Need `yaml:"approvals"`
	// How far each wave of a push reaches, counted from its start.
	Waves []Size `yaml:"waves,optional"`
	// How long the health of devices is watched before a change is kept.
	Soak Duration `yaml:"soak"`
	// How much longer than that a device waits before it undoes a change by itself.
	TimerMargin Duration `yaml:"timer_margin"`
	// How long a device may hold a change on trial at most, from the first line until it undoes it by
	// itself; 10m where it is absent.
	MaxExposure Duration `yaml:"max_exposure,optional"`
	// How many devices are pushed to in an hour at most.
	MaxDevicesPerHour uint16 `yaml:"max_devices_per_hour,optional"`
	// How many devices, or which share of all, a plan may change before its request must say how many.
	Bulk Size `yaml:"bulk,optional"`
	// How long after a plan was shown last it may be pushed; 72h where it is absent.
	PlanLasts Duration `yaml:"plan_lasts,optional"`
	// How many devices hold an unsettled change at once.
	MaxOnTrial uint16 `yaml:"max_on_trial,optional"`
	// What is taken back where a wave fails, or what was kept before it is not well any more: the wave
	// alone where it is absent (undo_wave), or with undo_all everything that the same push kept.
	OnFailure OnFailure `yaml:"on_failure,optional"`
	// What answers the runner before a push and must on trial.
	Probes []Probe `yaml:"probes,optional"`
	// When nothing is pushed.
	Freeze []Blocked `yaml:"freeze,optional"`
	// Rules that are graver here than by themselves.
	Severities []Raised `yaml:"severities,optional"`
	// Route policies that may let through more than they do.
	Wider []Wider `yaml:"wider,optional"`
	// Where reviews count as approvals; where it is absent signed statements alone count.
	Forge *Forge `yaml:"forge,optional"`

	Digest string `yaml:"-,optional"` // of the file
}

// Person is somebody who may have a say.
type Person struct {
	// What policy calls them.
	Name string `yaml:"name"`
	// Their name in allowed_signers.
	Signer string `yaml:"signer"`
	// The addresses that their commits carry, where those are others.
	Emails []string `yaml:"emails,optional"`
	// The number of their account on GitHub: a name can be given up and taken over.
	GitHub int64 `yaml:"github,optional"`
	// The number of their account on GitLab.
	GitLab int64 `yaml:"gitlab,optional"`
	// The number of their account on Gitea or Forgejo.
	Gitea int64 `yaml:"gitea,optional"`
}

// Group is several people: named here, or those of a team of the forge.
type Group struct {
	// What policy calls them.
	Name string `yaml:"name"`
	// Their names.
	People []string `yaml:"people,optional"`
	// A team of the forge, as ORGANIZATION/TEAM, or a group of GitLab by its path: of people, those are
	// meant whom the forge tells to be in it when a push is judged.
	Team Team `yaml:"team,optional"`
	// The number of the team there: a name can be given up and taken over.
	Number int64 `yaml:"number,optional"`
}

// Team is the name of a team of a forge.
type Team string

// UnmarshalText reads acme/netops.
func (t *Team) UnmarshalText(b []byte) error {
	parts := strings.Split(string(b), "/")
	if len(b) > longestTeam || slices.ContainsFunc(parts, func(p string) bool {
		return p == "" || strings.Trim(p, teamChars) != "" || p[0] == '.' || p[0] == '-'
	}) {
		return fmt.Errorf("want a team of the forge such as acme/netops, have %q", b)
	}
	*t = Team(b)
	return nil
}

const (
	longestTeam = 255
	teamChars   = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
)

// Shape is what a team of a forge is called.
func (Team) Shape() strict.Shape {
	const part = `[A-Za-z0-9_][A-Za-z0-9_.-]*`
	return strict.Shape{Word: "team of the forge", Pattern: `^` + part + `(/` + part + `)*$`, Longest: longestTeam}
}

// Need is how many people must approve: of every plan, of one risk class, or of a change under a
// path.
type Need struct {
	// Of plans of which class; any is every plan.
	Class Class `yaml:"class,optional"`
	// Of changes of files under which path.
	Path string `yaml:"path,optional"`
	// How many must approve.
	Min uint8 `yaml:"min"`
	// Groups and people whose approval counts.
	From []string `yaml:"from"`
	// Whether the text of a review itself names the plan, by the first digits of its digest; a signed
	// statement always does.
	Named bool `yaml:"digest_in_review,optional"`
}

// Class is a class of plans.
type Class string

// Values are the classes.
func (Class) Values() []string {
	return []string{"any", "policy", "lifeline", "filter", "propagating", "bulk", "no-timer", "unruled", "over", "gap", "unproved"}
}

// Probe is a service that is asked from the runner. It names one of http, tcp, dns, ping and trace.
type Probe struct {
	// What it is called.
	Name string `yaml:"name"`
	// A page, by its address: http or https.
	HTTP string `yaml:"http,optional"`
	// The status that the page answers with; 200 where it is absent.
	Status uint16 `yaml:"status,optional"`
	// An address that takes connections.
	TCP netip.Addr `yaml:"tcp,optional"`
	// A server of names.
	DNS netip.Addr `yaml:"dns,optional"`
	// Where it listens; 53 of a server of names where it is absent.
	Port uint16 `yaml:"port,optional"`
	// The name that a server of names is asked for, whole.
	Ask string `yaml:"ask,optional"`
	// An address that answers pings.
	Ping netip.Addr `yaml:"ping,optional"`
	// An address to which the path is traced. It says in hops, via or both how that must be.
	Trace netip.Addr `yaml:"trace,optional"`
	// How many hops the path takes, the address itself among them.
	Hops uint16 `yaml:"hops,optional"`
	// An address that must answer on the path.
	Via netip.Addr `yaml:"via,optional"`
}

// Blocked is a time in which nothing is pushed.
type Blocked struct {
	// The first day.
	From Day `yaml:"from"`
	// The last day.
	Until Day `yaml:"until"`
	// Why nothing is pushed then.
	Reason string `yaml:"reason"`
}

// Raised is a rule that is graver here than it is by itself. None can be made milder.
type Raised struct {
	// The id of the rule.
	Rule string `yaml:"rule"`
	// How grave it is here.
	Severity Severity `yaml:"severity"`

	At diag.Pos `yaml:"-,optional"` // where the rule is named
}

// Severity is how grave a finding is.
type Severity string

// Values are the severities that a rule can be raised to.
func (Severity) Values() []string { return []string{"warning", "error"} }

// OnFailure is what is taken back where a wave fails.
type OnFailure string

// UndoAll takes back all that a push kept, where one of its waves fails.
const UndoAll OnFailure = "undo_all"

// Values are what may be taken back.
func (OnFailure) Values() []string { return []string{"undo_wave", string(UndoAll)} }

// Wider says that a route policy may let through more than it does, until a day.
type Wider struct {
	// The name of the route policy.
	Policy string `yaml:"policy"`
	// The last day.
	Until Day `yaml:"until"`
	// Why it may.
	Why string `yaml:"why"`
}

// Duration is a time span as people write it: 60s, 10m.
type Duration time.Duration

// UnmarshalText reads 60s or 10m.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil || b[0] == '-' {
		return fmt.Errorf("want a time span such as 60s or 10m, have %q", b)
	}
	*d = Duration(v)
	return nil
}

// Shape is a time span: numbers and their units, or a bare 0.
func (Duration) Shape() strict.Shape {
	return strict.Shape{Word: "time span", Bare: true, Pattern: `^\+?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$`}
}

// Day is a date.
type Day time.Time

// UnmarshalText reads 2026-12-24.
func (d *Day) UnmarshalText(b []byte) error {
	v, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return fmt.Errorf("want a date such as 2026-12-24, have %q", b)
	}
	*d = Day(v)
	return nil
}

// Shape is a date.
func (Day) Shape() strict.Shape { return strict.Shape{Word: "date", Pattern: strict.DatePattern} }

// Size is how far a wave reaches, counted from the start: devices, or a share of all.
type Size string

// UnmarshalText reads 5 or 30%.
func (s *Size) UnmarshalText(b []byte) error {
	n, err := strconv.Atoi(strings.TrimSuffix(string(b), "%"))
	if err != nil || n < 1 || strings.HasSuffix(string(b), "%") && n > 100 {
		return fmt.Errorf("want a number of devices or a share such as 10%%, have %q", b)
	}
	*s = Size(b)
	return nil
}

// Shape is a number of devices, or a share of all.
func (Size) Shape() strict.Shape {
	return strict.Shape{Word: "number of devices or share", Bare: true, Low: 1, High: math.MaxInt64, Pattern: `^\+?0*([1-9][0-9]*|([1-9][0-9]?|100)%)$`}
}
