package sim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/replay"
	"plumbline/internal/tree/dialect"
)

// candidates is a command line whose sessions stage changes in candidates with names, and commit
// them for good or for a while. A candidate outlives its session and its commit; any session may
// accept or reject what waits. It holds a tree, which it shows as JSON.
type candidates struct {
	b       *Box
	named   map[string]*replay.Device
	commits []commit // the oldest first
}

// commit is one transaction, as the device tells of it.
type commit struct {
	ID       int    `json:"id"`
	Type     string `json:"type"`
	Name     string `json:"name"`
	Status   string `json:"status"`
	Username string `json:"username"`
	Started  string `json:"started"`
}

const mostCandidates = 10

func (m *candidates) exec(s *shell, line string) (string, bool) {
	b := m.b
	b.clockFault()
	if out, known := m.tells(line); known {
		return out, true
	}
	w := strings.Fields(strings.TrimPrefix(line, "/"))
	switch {
	case s.user != WriteUser:
		return "", false
	case strings.HasPrefix(line, "enter candidate private name ") && len(w) == 5:
		return m.enter(s, w[4]), true
	case line == "save startup":
		if b.faults.has("save-fails") != nil {
			return "Error: Failed to save '/etc/opt/srlinux/config.json': No space left on device\n", true
		}
		b.startup = b.body()
		b.count.Saves++
		return "/system:\n    Saved current running configuration as initial (startup) configuration '/etc/opt/srlinux/config.json'\n\n", true
	case strings.HasPrefix(strings.Join(w, " "), "tools system configuration "):
		return m.tools(w[3:])
	}
	return "", false
}

// tells answers what anybody may ask.
func (m *candidates) tells(line string) (string, bool) {
	b := m.b
	switch line {
	case "show version | as json":
		return said(nest("an "+Mark, "basic system info", "Software Version")), true
	case "info from state system information current-datetime | as json":
		return said(nest(b.farm.opt.Clock.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "system", "information", "current-datetime")), true
	case "info from state system configuration commit * | as json":
		return m.told(), true
	case "diff running startup":
		return diffs(b.startup, b.body()), true
	}
	for name, ask := range b.is.Session.Read {
		if path := b.is.Session.Models.Read[name]; ask == line && path != "" && strings.HasPrefix(line, "info from state ") {
			return said(only(b.alive(), dialect.SplitPath(path))), true
		}
	}
	return "", false
}

// told is the list of commits; of none, an empty object.
func (m *candidates) told() string {
	if m.b.faults.has("untold") != nil {
		return said(nest([]any{}, "system", "configuration", "transaction"))
	}
	m.fired()
	list := slices.Clone(m.commits)
	if w := m.b.window; w != nil && w.tag != m.last().Name { // somebody else's
		list = append(list, commit{len(list) + 1, "shared", w.tag, "unconfirmed", w.user, m.now()})
	}
	if len(list) == 0 {
		return "{}\n"
	}
	return said(nest(list, "system", "configuration", "commit"))
}

// fired writes down that the clock ended what waited, when somebody looks.
func (m *candidates) fired() {
	if c := m.last(); c.Status == "unconfirmed" && m.b.window == nil {
		c.Status = "failed"
	}
}

func (m *candidates) last() *commit {
	if len(m.commits) == 0 {
		return new(commit)
	}
	return &m.commits[len(m.commits)-1]
}

func (m *candidates) now() string {
	return m.b.farm.opt.Clock.Now().UTC().Format("2006-01-02T15:04:05.000Z")
}

func (m *candidates) enter(s *shell, name string) string {
	if m.named[name] == nil {
		if len(m.named) >= mostCandidates {
			return "Error: Maximum number of candidates (" + strconv.Itoa(mostCandidates) + ") has been reached\n"
		}
		m.named[name] = m.b.fresh()
	}
	s.config, s.cand, s.name = true, m.named[name], name
	return ""
}

// tools are the commands that end a commit, and clear what is left of one.
func (m *candidates) tools(w []string) (string, bool) {
	b := m.b
	m.fired()
	switch verb := strings.Join(w, " "); {
	case (verb == "confirmed-accept" || verb == "confirmed-reject") && b.window == nil:
		return "Error: There is no commit confirmed in progress\n", true
	case verb == "confirmed-accept":
		b.closeWindow(false)
		b.count.Keeps++
		m.last().Status = "complete"
		return "/system/configuration:\n    Commit confirmed accepted\n\n", true
	case verb == "confirmed-reject":
		b.closeWindow(true)
		b.count.Undos++
		m.last().Status = "failed"
		return "/system/configuration:\n    Commit confirmed rejected\n\n", true
	case len(w) == 3 && w[0] == "candidate" && w[2] == "clear":
		if m.named[w[1]] == nil {
			return "Error: Path '.system.configuration.candidate{.name==\"" + w[1] + "\"}' does not exist\n", true
		}
		delete(m.named, w[1])
		return "/system/configuration/candidate[name=" + w[1] + "]:\n    Candidate cleared\n\n", true
	}
	return "", false
}

func (m *candidates) config(s *shell, line string) (string, bool) {
	w := strings.Fields(line)
	if m.named[s.name] != s.cand { // it was cleared
		s.config, s.cand = false, nil
		return "Your configuration session was terminated.\n", true
	}
	switch {
	case line == "discard now":
		m.named[s.name] = m.b.fresh()
		s.config, s.cand, s.staged = false, nil, 0
		return "All changes have been discarded. Leaving candidate mode.\n", true
	case line == "commit validate":
		if wrong := m.loose(s); wrong != "" {
			return wrong, true
		}
		return "All changes are valid.\n", true
	case w[0] == "commit":
		return m.commit(s, w[1:]), true
	case w[0] == "set" || w[0] == "delete":
		return "", false // a line of the configuration
	}
	return m.exec(s, line)
}

func (m *candidates) commit(s *shell, w []string) string {
	b, wait := m.b, time.Duration(0)
	switch n, err := strconv.Atoi(w[len(w)-1]); {
	case len(w) == 1 && w[0] == "now":
	case len(w) == 3 && w[0] == "confirmed" && w[1] == "timeout" && err == nil && n > 0:
		wait = time.Duration(n) * time.Second
	default:
		return "Parsing error: Unknown token '" + w[0] + "'. Options are ['confirmed', 'now', 'validate']\n"
	}
	if b.window != nil {
		return "Error: There is a commit confirmed in progress\n"
	}
	if wrong := m.loose(s); wrong != "" {
		return wrong
	}
	c, out, base := commit{len(m.commits) + 1, "private", s.name, "complete", s.user, m.now()}, "", b.body()
	if wait > 0 {
		c.Status, out = "unconfirmed", fmt.Sprintf("Commit confirmed (automatic rollback in %d seconds)\n", wait/time.Second)
	}
	m.commits = append(m.commits, c)
	b.commit(s)
	if wait > 0 {
		b.openWindow(&window{tag: s.name, user: s.user, base: base}, wait)
	}
	m.named[s.name] = b.fresh()
	s.config, s.cand = false, nil
	return out + "All changes have been committed. Leaving candidate mode.\n"
}

// loose tells what a candidate refers to that is not there.
func (m *candidates) loose(s *shell) string {
	was := m.b.state.Loose()
	for _, name := range s.cand.Loose() {
		if !slices.Contains(was, name) {
			return "Error: Candidate is invalid: leafref '" + name + "' does not exist\n"
		}
	}
	return ""
}

// lead stands before a prompt: a blank line, and of the engine that a session begins with what asks
// the terminal where its cursor is.
func (m *candidates) lead(s *shell) string {
	if !s.whole {
		return "\x1b[?1l\x1b[6n\x1b[?2004h\r\n"
	}
	return "\r\n"
}

// marked are the signs of the prompt: what runs is not saved, and something is staged.
func (m *candidates) marked(s *shell) string {
	signs := ""
	if m.b.startup != m.b.body() {
		signs = "+"
	}
	if s.config && s.staged > 0 {
		signs += "*"
	}
	if signs == "" {
		return ""
	}
	return signs + " "
}

// gap is where the prompt stands: at the root.
func (m *candidates) gap() string { return "  " }

func (m *candidates) mode(s *shell) string { return "private " + s.name }

func (m *candidates) unknown(line string) string {
	word, _, _ := strings.Cut(line, " ")
	return "Parsing error: Unknown token '" + word + "'. Options are ['acl', 'bfd', 'interface', 'network-instance', 'routing-policy', 'system', 'tunnel-interface']\n"
}

func (m *candidates) whole(body string) string {
	text, err := json.MarshalIndent(grown(body, m.b.is.Session.Models.Leaves), "", "  ")
	if err != nil {
		return "{}\n"
	}
	return string(text) + "\n"
}

// left are the candidates that nobody cleared.
func (m *candidates) left() (out []string) {
	for name := range m.named {
		out = append(out, "candidate "+name)
	}
	return out
}
