package render_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/golden"
	"plumbline/internal/network"
	"plumbline/internal/tree"
	"plumbline/render"
	"plumbline/templates"
)

// TestSupport holds the page that says what each platform can do and what stands behind it,
// made from the templates, the proofs of the rules that random networks use, and the
// evidence in platform.yaml, whose tests are there.
func TestSupport(t *testing.T) {
	var b bytes.Buffer
	var groups []string
	eachGroup(new(network.Device), func(name string, _ reflect.Value) { groups = append(groups, name) })
	b.WriteString(`# What is supported, and what stands behind it

This page is made from ` + "`templates`" + ` (` + "`go test ./render -run TestSupport -update`" + `).

- **live**: shown on the real program;
- **embedded**: shown on our embedded device, over real sockets;
- **cited**: the vendor's documents, public recordings or configurations say so;
- **unverified**: nothing of these was found;
- none: there are no words for it, and the intent that asks is refused;
- the host's: the system below the routing daemon says it;
- with what needs it: sessions and ports say it, in other groups.

## Groups of facts

The weakest proof among the rules of all lines that 30 random networks come to. With "unverified"
is how many of these lines no document says; each rule is on the page of its platform.

`)
	fmt.Fprintf(&b, "| | %s |\n|---|%s\n", strings.Join(groups, " | "), strings.Repeat("---|", len(groups)))
	var ways, asked bytes.Buffer
	for _, v := range vendors(t) {
		p, ds := render.Read(templates.FS, v.platform)
		if ds.Failed() {
			t.Fatal(ds.Err())
		}
		proofs := v.proofs(t)
		fmt.Fprintf(&b, "| [%s](%s.md) |", v.platform, v.platform)
		for _, g := range groups {
			fmt.Fprintf(&b, " %s |", said(p, g, proofs[g]))
		}
		b.WriteString("\n")
		transport(t, &ways, p)
		vital(t, &asked, p)
	}
	b.WriteString("\n## Transports, commits and health\n\nWhat may be pushed to is at level push; a plan names the proof of its weakest rule.\n\n| | level | reached by | commit | health |\n|---|---|---|---|---|\n")
	b.Write(ways.Bytes())
	b.WriteString("\n## What health asks\n\nBefore a push and behind it, over new connections. What was up has to be up; what cannot be read is not well. None in log, memory or\nprocessors: the platform tells no severity, no share or no mean, and it is not judged there (`docs/decisions/0078`).\nTables are asked for default routes and own addresses.\n\n| | sessions | how many routes go over each | adjacencies | ports | tables | log | memory | processors |\n|---|---|---|---|---|---|---|---|---|\n")
	b.Write(asked.Bytes())
	golden.Page(t, "../docs/platforms/support.md", b.Bytes())
}

// vital lists the questions about the health of a device, by what they tell.
func vital(t *testing.T, b *bytes.Buffer, p render.Platform) {
	t.Helper()
	told := map[string][]string{}
	for _, ask := range slices.Sorted(maps.Keys(p.Health)) {
		v := p.Health[ask]
		for _, c := range v.Counts {
			of, _, _ := strings.Cut(c.Name, " ")
			told["counts"] = append(told["counts"], of)
		}
		if v.Of != "" {
			continue
		}
		what := strings.Fields(v.Name)
		switch what[0] {
		case "ospf", "ospf6", "isis":
			what[0] = "adjacency"
		case "bgp":
			switch what[1] {
			case "default":
				ask += " (of the main table)"
			case "*":
				ask += " (the table is not told)"
			}
		case "interface", "route":
		default:
			t.Errorf("%s: %s tells of %s, which no column is for", p.Name, ask, what[0])
		}
		told[what[0]] = append(told[what[0]], ask)
	}
	if p.Log.Ask != "" {
		told["log"] = append(told["log"], p.Log.Ask)
	}
	for _, l := range p.Load {
		told[l.Of] = append(told[l.Of], l.Ask)
	}
	fmt.Fprintf(b, "| [%s](%s.md) |", p.Name, p.Name)
	slices.Sort(told["counts"])
	told["counts"] = slices.Compact(told["counts"])
	for _, what := range []string{"bgp", "counts", "adjacency", "interface", "route", "log", "memory", "cpu"} {
		fmt.Fprintf(b, " %s |", cmp.Or(strings.Join(told[what], ", "), "none"))
	}
	b.WriteString("\n")
}

// proofs counts the lines of each group of facts by the proof of their rules. A device that
// has one group alone is called by it.
func (v vendor) proofs(t *testing.T) map[string]*[5]int {
	t.Helper()
	out, all := map[string]*[5]int{}, new(network.Network)
	for _, d := range crowd(t, v, 30).Devices {
		eachGroup(d, func(name string, group reflect.Value) {
			if !group.IsNil() {
				alone := &network.Device{Name: name, Platform: d.Platform}
				reflect.ValueOf(alone).Elem().FieldByName(name).Set(group)
				all.Devices = append(all.Devices, alone)
			}
		})
	}
	cs, _ := render.All(all, templates.FS)
	for _, c := range cs {
		none, _ := tree.Parse(c.Dialect, "")
		es, _, _ := tree.Diff(none, c.Root, tree.Options{})
		if out[c.Device] == nil {
			out[c.Device] = new([5]int)
		}
		for _, e := range es {
			out[c.Device][e.Proof]++
		}
	}
	return out
}

// said is one cell of the groups of facts.
func said(p render.Platform, group string, proofs *[5]int) string {
	lines := 0
	if proofs != nil {
		for _, n := range proofs {
			lines += n
		}
	}
	switch {
	case slices.Contains(p.HostManaged, strings.ToLower(group)):
		return "the host's"
	case proofs != nil && lines == 0 && elsewhere(p.Name, group):
		return "with what needs it"
	case proofs != nil && lines == 0:
		return "the host's"
	case proofs == nil && wordless(p.Name, group):
		return "none"
	case proofs == nil:
		return "rendered, lines not counted"
	case proofs[0] > 0:
		return fmt.Sprintf("unverified (%d %%)", max(1, 100*proofs[0]/lines))
	case proofs[4] == lines:
		return "live"
	}
	return "cited"
}

// elsewhere tells whether the template of a group only says where its facts stand.
func elsewhere(platform, group string) bool {
	text, err := fs.ReadFile(templates.FS, platform+"/"+group+".tmpl")
	return err == nil && fields.Match(text)
}

var fields = regexp.MustCompile(`^\{\{/\*[^{}]* \.[A-Z]`)

var actions = regexp.MustCompile(`\{\{[^{}]*\}\}`)

// wordless tells whether the template of a group only refuses.
func wordless(platform, group string) bool {
	text, err := fs.ReadFile(templates.FS, platform+"/"+group+".tmpl")
	return err != nil || strings.TrimSpace(actions.ReplaceAllString(string(text), "")) == ""
}

// transport is one row of how a platform is reached.
func transport(t *testing.T, b *bytes.Buffer, p render.Platform) {
	t.Helper()
	how := func(of string) string {
		i := slices.IndexFunc(p.Evidence, func(e render.Evidence) bool { return e.Of == of })
		if i < 0 {
			return "unverified"
		}
		e := p.Evidence[i]
		if e.How == "cited" {
			return fmt.Sprintf("cited (%s)", e.Source)
		}
		if _, err := os.Stat("../" + e.Source); err != nil {
			t.Errorf("%s: the evidence of %s is no test of ours: %v", p.Name, of, err)
		}
		styles := "../drivers/drivertest/testdata/styles/" + p.Name + ".txtar"
		if _, err := os.Stat(styles); err != nil && e.Source == "drivers/drivertest/sim_test.go" {
			t.Errorf("%s: the evidence of %s is a test that does not know the platform", p.Name, of)
		}
		return fmt.Sprintf("%s ([test](../../%s))", e.How, e.Source)
	}
	var reached []string
	style := "`" + p.Style + "`"
	for _, d := range p.Drivers {
		reached = append(reached, d+": "+how(d))
		if other := p.By(d).Style; other != p.Style {
			style += ", by " + d + " `" + other + "`"
		}
	}
	fmt.Fprintf(b, "| [%s](%s.md) | %s | %s | %s: %s | %s |\n", p.Name, p.Name, p.Support, strings.Join(reached, "; "), style, how("commit"), how("health"))
}
