package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is one bad habit of a device. It is a value: the same faults and the same input
// give the same bytes.
type Fault struct {
	Kind  string        // one of Kinds
	N     int           // after so many lines or bytes, or pieces of so many bytes
	Text  string        // which line; for evil: prompt, exact, cut or ansi
	Says  string        // what a refusal says besides
	For   time.Duration // how long: a delay, or how long a device is down
	Times int           // how often it happens; 0 is always
	Seed  int64         // moves where a packet is cut
}

// Kinds are the faults, and what each of them does.
var Kinds = map[string]string{
	"slow":            "waits For before each answer",
	"drip":            "sends N bytes every For",
	"chunk":           "sends output in pieces of N bytes",
	"truncate":        "ends the running configuration after N bytes, without a sign",
	"evil":            "shows lines that look like a prompt (Text: prompt, exact, cut) or escape codes in two packets (ansi)",
	"banner-auth":     "shows a long banner before login and a message behind it",
	"pager":           "ignores the command that switches paging off",
	"drop":            "hangs up after N configuration lines",
	"cut":             "hangs up at the N-th line that any session is asked, before or after (Text) it is carried out",
	"drop-byte":       "hangs up after N bytes of output",
	"loses":           "tells N routes over each session, received or advertised (Text), or none in its table (routes), while its configuration is another than when this was set",
	"says":            "has the line Text in its log while its configuration is another than when this was set",
	"fills":           "has N percent of Text (memory, cpu) in use while its configuration is another than when this was set",
	"reject":          "refuses configuration lines that contain Text",
	"accept-silently": "says nothing against configuration lines that contain Text, and ignores them",
	"mode-drift":      "takes lines that contain Text in the top mode and stays there",
	"rename":          "changes its prompt after N configuration lines",
	"wrong-host-key":  "shows another host key than the known one",
	"new-host-key":    "shows another host key from the login after the N-th on",
	"auth-fail":       "takes no credential",
	"auth-slow":       "takes For to look at a credential",
	"lock":            "is held by somebody else, whose change Text is on trial",
	"defaults":        "shows what it means by itself too",
	"hang":            "falls silent after N lines and keeps the connection open",
	"reboot":          "starts anew after N configuration lines and is down for For",
	"timer-early":     "undoes a trial For after it was armed, whatever was asked",
	"timer-never":     "never undoes a trial by itself",
	"no-timer":        "takes a change on trial and keeps it for good: it has no clock",
	"untold":          "speaks of trials in words that nobody knows",
	"deaf":            "passes over the commit extension of gNMI: what it is asked to try it takes for good",
	"asks":            "asks back, in words that nobody foresaw, before it takes configuration lines that contain Text",
	"save-fails":      "cannot write its startup configuration",
	"weak-kex":        "offers diffie-hellman-group14 alone",
	"sha1":            "proves its RSA key by SHA-1 alone",
	"xml":             "answers in NETCONF with what no device needs (Text: entity, deep, other, open, huge), always or at request N",
	"frame":           "frames its answers in NETCONF 1.1 in a way that is none",
	"poor":            "does not say in NETCONF that it can Text (candidate, confirmed-commit)",
	"warns":           "remarks in NETCONF something about configuration lines that contain Text, and takes none behind them",
	"staged":          "holds the line Text in its candidate, which somebody staged and nobody committed",
	"lasting":         "keeps a trial in NETCONF when the session ends that began it",
	"one-piece":       "looks at the first request in NETCONF when more comes behind it, as if it came in one piece with the hello",
	"netconf-1.0":     "speaks NETCONF 1.0 alone",
	"echo":            "shows each line that it is asked N times more, behind its prompt, among messages of its own",
}

// ParseFault reads the notation of the command line: kind, kind@N, kind=TEXT or
// kind=DURATION, kind@N=DURATION.
func ParseFault(s string) (Fault, error) {
	head, value, _ := strings.Cut(s, "=")
	kind, n, counted := strings.Cut(head, "@")
	f := Fault{Kind: kind}
	if kind == "drop" && n == "byte" {
		f.Kind, n, value = "drop-byte", value, ""
	}
	if _, ok := Kinds[f.Kind]; !ok {
		return Fault{}, fmt.Errorf("%q is no fault that an embedded device knows", kind)
	}
	if counted {
		var err error
		if f.N, err = strconv.Atoi(n); err != nil || f.N < 0 {
			return Fault{}, fmt.Errorf("fault %s: %q is no count", kind, n)
		}
	}
	if d, err := time.ParseDuration(value); err == nil && value != "" {
		f.For = d
	}
	if v, err := strconv.Atoi(value); err == nil && !counted {
		f.N = v
	}
	f.Text = value
	return f, nil
}

// faults is what a device has left to do wrong.
type faults []*Fault

func newFaults(fs []Fault) (out faults, err error) {
	for _, f := range fs {
		if _, ok := Kinds[f.Kind]; !ok {
			return nil, fmt.Errorf("%q is no fault that an embedded device knows", f.Kind)
		}
		out = append(out, &f)
	}
	return out, nil
}

// has gives a fault of the kind, without using it up.
func (fs faults) has(kind string) *Fault {
	i := slices.IndexFunc(fs, func(f *Fault) bool { return f.Kind == kind && f.Times >= 0 })
	if i < 0 {
		return nil
	}
	return fs[i]
}

// takes gives a fault of the kind that fits, and uses up one of its times.
func (fs faults) takes(kind string, fits func(*Fault) bool) *Fault {
	for _, f := range fs {
		if f.Kind != kind || f.Times < 0 || !fits(f) {
			continue
		}
		if f.Times == 1 {
			f.Times = -1
		} else if f.Times > 1 {
			f.Times--
		}
		return f
	}
	return nil
}

func always(*Fault) bool { return true }

// in fits a fault whose text is in the line.
func in(line string) func(*Fault) bool {
	return func(f *Fault) bool { return f.Text != "" && strings.Contains(line, f.Text) }
}

// at fits a fault that is due at the n-th line.
func at(n int) func(*Fault) bool { return func(f *Fault) bool { return f.N == n } }
