package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// exclusive is a command line with one candidate, a lock on it, and a confirmed commit in
// minutes. Any commit, and any check of one, confirms.
type exclusive struct {
	b       *Box
	commits []entry // the newest first
	lock    *shell
}

// entry is one commit.
type entry struct{ at, by, how, comment, text string }

func (m *exclusive) exec(s *shell, line string) (string, bool) {
	b := m.b
	b.clockFault()
	switch {
	case line == "show system commit | no-more":
		return m.log(), true
	case line == "show system uptime | no-more":
		return "Current time: " + m.now() + "\nTime Source:  LOCAL CLOCK\n", true
	case line == "show version | no-more":
		return "Hostname: " + b.name + "\nModel: vmx\nJunos: 23.2R1.14\nAn " + Mark + "\n", true
	case line == "show bgp summary | display json | no-more":
		return m.bgp(), true
	case line == "show interfaces media terse | display json | no-more":
		data := func(text string) any { return []any{map[string]any{"data": text}} }
		list := []any{}
		for _, d := range b.doors() {
			list = append(list, map[string]any{"name": data(d.name), "admin-status": data("up"), "oper-status": data(either(d.up, "up", "down"))})
		}
		return said(map[string]any{"interface-information": []any{map[string]any{"physical-interface": list}}}), true
	case line == "show ospf neighbor | display json | no-more":
		return m.near("ospf"), true
	case line == "show ospf3 neighbor | display json | no-more":
		return m.near("ospf6"), true
	case line == "show isis adjacency | display json | no-more":
		return m.near("isis"), true
	case line == "configure exclusive" && s.user == WriteUser:
		if f := b.faults.has("lock"); f != nil {
			return "error: configuration database locked by:\n  " + f.Text + " terminal p0 (pid 1234) on since 2026-11-26 10:00:00 UTC\n      exclusive [edit]\n", true
		}
		if m.lock != nil && m.lock != s {
			return "error: configuration database locked by:\n  " + m.lock.user + " terminal p1 (pid 4321) on since 2026-11-26 10:00:00 UTC\n      exclusive [edit]\n", true
		}
		m.lock, s.config, s.cand, s.staged = s, true, b.fresh(), 0
		return "warning: uncommitted changes will be discarded on exit\nEntering configuration mode\n", true
	}
	return "", false
}

func (m *exclusive) bgp() string {
	links := m.b.links()
	if len(links) == 0 {
		return "BGP is not running\n"
	}
	data := func(text string) any { return []any{map[string]any{"data": text}} }
	return summary(links, func(l link, state string) any {
		rib := map[string]any{"name": data("inet.0"), "received-prefix-count": data(strconv.Itoa(l.got)), "accepted-prefix-count": data(strconv.Itoa(l.got))}
		return map[string]any{"peer-address": data(l.peer), "peer-state": data(state), "bgp-rib": []any{rib}}
	}, func(peers []any) any {
		return map[string]any{"bgp-information": []any{map[string]any{"bgp-peer": peers}}}
	})
}

func (m *exclusive) config(s *shell, line string) (string, bool) {
	b := m.b
	w := strings.Fields(line)
	switch {
	case line == "show | compare":
		return m.staged(s), true
	case line == "commit check":
		if b.window != nil {
			m.confirm()
		}
		return "configuration check succeeds\n", true
	case len(w) >= 3 && w[0] == "commit" && w[1] == "confirmed":
		wait, ok := minutes(w[2])
		if !ok {
			return "error: invalid value: " + w[2] + "\n", true
		}
		base := b.body()
		m.put(s, " commit confirmed, rollback in "+w[2]+"mins", quoted(w, 3))
		b.openWindow(&window{tag: quoted(w, 3), user: s.user, base: base, owner: s}, wait)
		return fmt.Sprintf("commit confirmed will be automatically rolled back in %s minutes unless confirmed\ncommit complete\n\n# commit confirmed will be rolled back in %s minutes\n", w[2], w[2]), true
	case w[0] == "commit":
		undone := b.window != nil && string(s.cand.Text()) == b.window.base
		if b.window != nil {
			b.closeWindow(false)
			if undone {
				b.count.Undos++
			} else {
				b.count.Keeps++
			}
		}
		m.put(s, "", quoted(w, 1))
		b.startup = b.body()
		return "commit complete\n", true
	case w[0] == "rollback" && len(w) == 2:
		return m.rollback(s, w[1]), true
	case line == "exit configuration-mode":
		s.config, s.cand = false, nil
		m.over(s)
		return "Exiting configuration mode\n", true
	}
	return "", false
}

// staged is how what a session staged differs from what runs.
func (m *exclusive) staged(s *shell) string {
	out := ""
	if f := m.b.faults.has("staged"); f != nil {
		out = "[edit]\n+   " + f.Text + ";\n"
	}
	if s.cand == nil {
		return out
	}
	return diffs(m.b.body(), string(s.cand.Text())) + out
}

// quoted gives the comment of a commit.
func quoted(w []string, from int) string {
	if len(w) > from+1 && w[from] == "comment" {
		return strings.Trim(strings.Join(w[from+1:], " "), `"`)
	}
	return ""
}

func (m *exclusive) confirm() {
	m.b.closeWindow(false)
	m.b.count.Keeps++
	m.b.startup = m.b.body()
}

// put commits the candidate, and writes the commit down.
func (m *exclusive) put(s *shell, how, comment string) {
	if len(m.commits) == 0 {
		m.commits = []entry{{by: "root via other", at: m.now(), text: m.b.body()}}
	}
	m.b.commit(s)
	m.commits = slices.Insert(m.commits, 0, entry{m.now(), s.user + " via " + cmp.Or(s.way, "cli"), how, comment, m.b.body()})
}

func (m *exclusive) now() string {
	return m.b.farm.opt.Clock.Now().UTC().Format("2006-01-02 15:04:05 MST")
}

func (m *exclusive) rollback(s *shell, number string) string {
	n := 0
	if _, err := fmt.Sscanf(number, "%d", &n); err != nil || n < 0 || n > 0 && n >= len(m.commits) {
		return "error: rollback number " + number + " is out of range\n"
	}
	s.cand, s.staged = m.b.fresh(), 0
	if n > 0 {
		s.cand = m.b.state.Another([]byte(m.commits[n].text))
		s.staged = 1
	}
	return "load complete\n"
}

// log is what show system commit prints.
func (m *exclusive) log() string {
	if m.b.faults.has("untold") != nil {
		return "Commit history is not available\n"
	}
	m.fired()
	list := m.commits
	if len(list) == 0 {
		list = []entry{{by: "root via other", at: time.Unix(0, 0).UTC().Format("2006-01-02 15:04:05 MST")}}
	}
	var out strings.Builder
	for i, e := range list {
		fmt.Fprintf(&out, "%d   %s by %s%s\n", i, e.at, e.by, e.how)
		if e.comment != "" {
			out.WriteString("    " + e.comment + "\n")
		}
		if i == 0 && m.b.window != nil {
			out.WriteString("    rollback pending\n")
		}
	}
	return out.String()
}

// fired writes the clock's own commit down when somebody looks.
func (m *exclusive) fired() {
	if len(m.commits) > 0 && m.b.window == nil && m.commits[0].text != m.b.body() {
		m.commits = slices.Insert(m.commits, 0, entry{m.now(), "root via other", "", "", m.b.body()})
	}
}

// over is a session that ended: its lock and what it staged are gone.
func (m *exclusive) over(s *shell) {
	if m.lock == s {
		m.lock = nil
	}
}

func (m *exclusive) lead(s *shell) string {
	if s.config {
		return "\r\n[edit]\r\n"
	}
	return "\r\n"
}

func (m *exclusive) mode(*shell) string { return "" }

func (m *exclusive) unknown(string) string { return "               ^\nunknown command.\n" }

func (m *exclusive) whole(body string) string {
	return "## Last commit: 2026-11-26 10:00:00 UTC by root\n" + body
}
