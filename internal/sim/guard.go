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

// trial is what the guard of a device holds: the change that is on trial, and how the
// last one ended. The protocol is that of the script that real routers run.
type trial struct {
	tx       string // "" is none
	deadline time.Time
	undo     []string
	base     string // body of the running configuration at arm
	stop     func()
	last     string
	how      string // kept, undone, fired
	saved    bool
	archive  string // running when the last undo began
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
	case len(w) == 1 && w[0] == "status":
		return b.guardStatus(), true
	case len(w) == 1 && w[0] == "show":
		return b.whole(b.body()), true
	case len(w) == 1 && w[0] == "startup":
		return b.whole(b.startup), true
	case len(w) == 4 && w[0] == "arm":
		return b.arm(w[1], w[2], w[3], in)
	case len(w) != 2 || !txShape.MatchString(w[1]):
		return "input " + strings.Join(w, " "), false
	case w[0] == "archive":
		return b.whole(t.archive), t.archive != ""
	case w[0] == "save":
		return b.save(w[1])
	case t.tx == "" || t.tx != w[1]:
		if t.tx != "" {
			return "foreign " + t.tx, false
		}
		return "none", false
	case w[0] == "keep":
		t.over(b, "kept")
		b.count.Keeps++
		return "kept " + w[1] + "\n", true
	case w[0] == "undo":
		b.back("undone")
		b.count.Undos++
		return "undone " + w[1] + "\n", true
	}
	return "input " + w[0], false
}

func (b *Box) guardStatus() string {
	t := b.trial
	out := "none\n"
	if t.tx != "" {
		out = fmt.Sprintf("pending %s %d\n", t.tx, t.deadline.Unix())
	}
	if t.last != "" {
		saved := "unsaved"
		if t.saved {
			saved = "saved"
		}
		out += fmt.Sprintf("last %s %s %s\n", t.how, t.last, saved)
	}
	return out
}

// arm takes the way back and starts the clock. A restart must lead to the base too.
func (b *Box) arm(tx, seconds, base, undo string) (string, bool) {
	n, err := strconv.Atoi(seconds)
	switch {
	case b.trial.tx != "":
		return "busy " + b.trial.tx, false
	case err != nil || n < 1 || n > 86400 || !txShape.MatchString(tx) || strings.TrimSpace(undo) == "":
		return "input arm", false
	case reducedSum(b.whole(b.body())) != base:
		return "stale", false
	case reduce(b.whole(b.body())) != reduce(b.whole(b.startup)):
		return "startup", false
	}
	b.count.Arms++
	wait := time.Duration(n) * time.Second
	t := &b.trial
	t.tx, t.deadline, t.base = tx, b.farm.opt.Clock.Now().Add(wait), b.body()
	t.undo = strings.Split(strings.TrimSpace(undo), "\n")
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

// back runs the way back, and where that does not lead to the base, restores the base.
func (b *Box) back(how string) {
	t := &b.trial
	t.archive = b.body()
	b.state.Top()
	for _, line := range t.undo {
		if b.state.Do(strings.TrimSpace(line)) != nil {
			break
		}
	}
	b.state.Top()
	if b.body() != t.base {
		b.load(t.base)
	}
	b.at = nil
	t.over(b, how)
}

// over ends the trial; how it ended is one decision.
func (t *trial) over(b *Box, how string) {
	if t.stop != nil {
		t.stop()
	}
	b.log.add("guard", "*", how+" "+t.tx)
	t.last, t.how, t.tx, t.stop, t.undo = t.tx, how, "", nil, nil
	t.saved = how != "kept"
}

func (b *Box) save(tx string) (string, bool) {
	t := &b.trial
	switch {
	case t.last != tx || t.how != "kept":
		return "none", false
	case b.faults.has("save-fails") != nil:
		return "failed the startup configuration cannot be written", false
	}
	b.startup, t.saved = b.body(), true
	b.count.Saves++
	return "saved " + tx + "\n", true
}

// reduce is the form in which guard and runner agree on what runs.
func reduce(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		if line == "" || line == "!" || volatileLine(line) {
			continue
		}
		out.WriteString(line + "\n")
	}
	return out.String()
}

func volatileLine(line string) bool {
	for _, v := range []string{"Building configuration", "Current configuration", "frr version", "frr defaults", "hostname ", "log ", "service integrated-vtysh-config", "end"} {
		if strings.HasPrefix(line, v) {
			return true
		}
	}
	return false
}

func reducedSum(text string) string {
	s := sha256.Sum256([]byte(reduce(text)))
	return hex.EncodeToString(s[:])
}
