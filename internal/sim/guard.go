package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// trial is what the guard of a device holds: the change that is on trial, and how others
// ended. The protocol is that of the script that real routers run.
type trial struct {
	tx       string // "" is none
	deadline time.Time
	undo     []string
	sent     bool   // a file came, whatever became of it
	target   string // the file that runs on trial
	base     string // body of the running configuration at arm
	backs    int    // how often it led back: sessions from before are at their end
	stop     func()
	ends     map[string]ending
}

// ending is how a trial ended.
type ending struct {
	how     string // kept, undone, fired
	saved   bool   // kept: it starts with it too; else: all was proved to be as before
	base    string // digest of what ran before
	archive string // what ran when the way back began
	target  string // the file that was kept
}

var txShape = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// guard answers one request; status 0 is yes.
func (b *Box) guard(request, in string) (string, uint32) {
	b.mu.Lock()
	defer b.unlock()
	b.log.add("guard", ">", request)
	out, ok := b.verb(strings.Fields(request), in)
	if !ok {
		return "refused: " + out + "\n", 1
	}
	return out, 0
}

func (b *Box) verb(w []string, in string) (string, bool) {
	t := &b.trial
	switch {
	case len(w) == 1 && w[0] == "version":
		return b.farm.opt.Guard + "\n", true
	case len(w) == 1 && w[0] == "status":
		return b.guardStatus(""), true
	case len(w) == 2 && w[0] == "status" && txShape.MatchString(w[1]):
		return b.guardStatus(w[1]), true
	case len(w) == 1 && w[0] == "show":
		return b.whole(b.body()), true
	case len(w) == 1 && w[0] == "startup":
		return b.whole(b.startup), true
	case len(w) == 4 && w[0] == "arm":
		return b.arm(w[1], w[2], w[3], in)
	case len(w) == 3 && w[0] == "load":
		return b.takes(w[1], w[2], in)
	case len(w) != 2 || !txShape.MatchString(w[1]):
		return "input " + strings.Join(w, " "), false
	case w[0] == "archive":
		return b.whole(t.ends[w[1]].archive), t.ends[w[1]].archive != ""
	case w[0] == "save":
		return b.save(w[1])
	case t.tx == "" || t.tx != w[1]:
		if t.tx != "" {
			return "foreign " + t.tx, false
		}
		return "none", false
	case w[0] == "keep" && b.is.Dialect.AsFile() && (t.target == "" || b.body() != t.target):
		return "none it was taken back on the router", false
	case w[0] == "keep":
		t.over(b, ending{how: "kept", target: t.target})
		b.count.Keeps++
		return "kept " + w[1] + "\n", true
	case w[0] == "undo":
		b.count.Undos++
		if !b.back("undone") {
			return "failed the router is not as it was", false
		}
		return "undone " + w[1] + "\n", true
	}
	return "input " + w[0], false
}

func (b *Box) guardStatus(tx string) string {
	t := b.trial
	out := "none\n"
	if t.tx != "" {
		out = fmt.Sprintf("pending %s %d\n", t.tx, t.deadline.Unix())
	}
	if e, known := t.ends[tx]; known {
		saved := "unsaved"
		if e.saved {
			saved = "saved"
		}
		out += fmt.Sprintf("last %s %s %s %s\n", e.how, tx, saved, e.base)
	}
	return out
}

// arm takes the way back and starts the clock. A restart must lead to the base too.
func (b *Box) arm(tx, seconds, base, undo string) (string, bool) {
	n, err := strconv.Atoi(seconds)
	t := &b.trial
	switch f := b.faults.has("lock"); {
	case f != nil:
		return "busy " + f.Text, false
	case t.tx != "":
		return "busy " + t.tx, false
	case err != nil || n < 1 || n > 86400 || !txShape.MatchString(tx) || strings.TrimSpace(undo) == "":
		return "input arm", false
	case t.ends[tx].how != "":
		return "input " + tx + " was used before", false
	case len(undo) > 1<<20:
		return "input a way back of more than 1 MiB", false
	case b.sum(b.whole(b.body())) != base:
		return "stale", false
	case b.reduced(b.whole(b.body())) != b.reduced(b.whole(b.startup)):
		return "startup", false
	}
	b.count.Arms++
	wait := time.Duration(n) * time.Second
	t.tx, t.deadline, t.base = tx, b.farm.opt.Clock.Now().Add(wait), b.body()
	t.undo = strings.Split(strings.TrimSpace(undo), "\n")
	for _, line := range t.undo {
		b.took = append(b.took, strings.TrimSpace(line))
	}
	if b.faults.has("timer-never") != nil {
		t.stop = func() {}
		return fmt.Sprintf("armed %s %d\n", tx, t.deadline.Unix()), true
	}
	if f := b.faults.has("timer-early"); f != nil {
		wait = f.For
	}
	t.stop = b.farm.opt.Clock.After(wait, func() { b.fire(tx) })
	return fmt.Sprintf("armed %s %d\n", tx, t.deadline.Unix()), true
}

// fire is the clock: it needs no client.
func (b *Box) fire(tx string) {
	b.mu.Lock()
	defer b.unlock()
	if b.trial.tx != tx || b.closed {
		return
	}
	b.back("fired")
	b.count.Fires++
}

// back runs the way back where it is needed, and where that does not lead to the base,
// restores the base; so it does with what the device starts with. It tells whether both
// are as before.
func (b *Box) back(how string) bool {
	t := &b.trial
	archive := b.body()
	if archive != t.base && !b.is.Dialect.AsFile() {
		b.state.Top()
		for _, line := range t.undo {
			if b.state.Do(strings.TrimSpace(line)) != nil {
				break
			}
		}
		b.state.Top()
	}
	if b.body() != t.base {
		b.load(t.base)
	}
	b.at = nil
	t.backs++
	if b.reduced(b.startup) != b.reduced(t.base) && b.faults.has("save-fails") == nil {
		b.startup = t.base
	}
	whole := b.body() == t.base && b.reduced(b.startup) == b.reduced(t.base)
	t.over(b, ending{how: how, saved: whole, archive: archive})
	return whole
}

// over ends the trial; how it ended is one decision.
func (t *trial) over(b *Box, e ending) {
	if t.stop != nil {
		t.stop()
	}
	b.log.add("guard", "*", e.how+" "+t.tx)
	e.base = b.sum(b.whole(t.base))
	if t.ends == nil {
		t.ends = map[string]ending{}
	}
	t.ends[t.tx] = e
	t.tx, t.stop, t.undo, t.sent, t.target = "", nil, nil, false, ""
}

func (b *Box) save(tx string) (string, bool) {
	e := b.trial.ends[tx]
	switch {
	case e.how != "kept":
		return "none", false
	case b.faults.has("save-fails") != nil:
		return "failed the startup configuration cannot be written", false
	case b.is.Dialect.AsFile() && b.body() != e.target:
		return "failed what runs is not what was kept", false
	}
	b.startup, e.saved = b.body(), true
	b.trial.ends[tx] = e
	b.count.Saves++
	return "saved " + tx + "\n", true
}

// reduce is the form in which guard and runner agree on what runs.
func reduce(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		last := ""
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		switch {
		case line == "" || line == "!" || volatileLine(line):
		case line == "exit" && (last == "bfd" || strings.HasPrefix(last, "interface ")): // it holds nothing
			out = out[:len(out)-1]
		default:
			out = append(out, line)
		}
	}
	return strings.Join(append(out, ""), "\n")
}

func volatileLine(line string) bool {
	for _, v := range []string{"Building configuration", "Current configuration", "frr version", "frr defaults", "hostname ", "log ", "service integrated-vtysh-config", "end"} {
		if strings.HasPrefix(line, v) {
			return true
		}
	}
	return false
}

// reduced is that form on this device: a file is what it is.
func (b *Box) reduced(text string) string {
	if b.is.Dialect.AsFile() {
		return text
	}
	return reduce(text)
}

func (b *Box) sum(text string) string {
	s := sha256.Sum256([]byte(b.reduced(text)))
	return hex.EncodeToString(s[:])
}
